/** Formats of logs that are lines of text, in the order in which they are tried: the first that recognizes a file reads it. */
import type { TextFormat } from '../model/text-format.ts';

export const TEXT_FORMATS: readonly TextFormat[] = [];
