/** The sections, in the order in which they run and are printed. */
import type { Section } from '../section.ts';
import { chained } from './chained.ts';
import { cloudtrail } from './cloudtrail.ts';
import { growth } from './growth.ts';
import { gzip } from './gzip.ts';
import { incremental } from './incremental.ts';
import { licenses } from './licenses.ts';
import { m365 } from './m365.ts';
import { rules } from './rules.ts';
import { startUp } from './start-up.ts';
import { windows } from './windows.ts';
import { workers } from './workers.ts';

export const SECTIONS: readonly Section[] = [
  startUp,
  chained,
  workers,
  growth,
  cloudtrail,
  windows,
  m365,
  rules,
  gzip,
  incremental,
  licenses,
];

/** Of a plain `npm run bench`: minutes, not hours. */
export const BY_DEFAULT: readonly string[] = [startUp.name, chained.name];
