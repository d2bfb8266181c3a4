/** The sections, in the order in which they run and are printed. */
import type { Section } from '../section.ts';
import { chained } from './chained.ts';
import { startUp } from './start-up.ts';

export const SECTIONS: readonly Section[] = [chained, startUp];

/** Of a plain `npm run bench`: minutes, not hours. */
export const BY_DEFAULT: readonly string[] = [chained.name, startUp.name];
