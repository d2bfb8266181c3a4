/** What a conversion hands back: documents to write, what the reader must know of them, and what could not be converted. */
import type { Problem } from '../model/problem.ts';

/** A line and column of a file that is converted, both from 1. */
export type Position = { line: number; column: number };

/** The documents that take the place of one, as YAML texts without `---`; or why there are none. */
export type ConvertedDocument =
  | { texts: readonly string[]; notes: readonly (Position & { message: string })[] }
  | { failure: Position & { message: string } };

/** One file. `text` undefined: there is nothing in it to convert, or nothing that could be. */
export type ConvertedFile = { text: string | undefined; notes: Problem[]; problems: Problem[] };
