/** Formats of logs that are lines of text, in the order in which they are tried: the first that recognizes a file reads it. */
import type { TextFormat } from '../model/text-format.ts';
import { csv } from './csv.ts';
import { flexnet } from './flexnet.ts';
import { rlm } from './rlm.ts';
import { sentinel } from './sentinel.ts';

/** Tables last: they have no mark of their own. */
export const TEXT_FORMATS: readonly TextFormat[] = [flexnet, rlm, sentinel, csv];
