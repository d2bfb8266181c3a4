/** The values of a YAML document with their positions, and the bounds on what is read: the words of both its readers. */

/** Both count from 1. */
export type Position = { line: number; column: number };

/** What is wrong in a YAML file; line and column are 0 when it is the file as a whole. */
export type YamlMistake = Position & { file: string; message: string };

/**
 * Columns from the node to the first character of its text: 1 within quotes. Only where the file has the text letter for
 * letter on one line, so that a place inside it can be named; not for escapes, folded lines and block scalars.
 */
export type Inset = 0 | 1;

export type YamlEntry = Position & { key: string; value: YamlNode };

export type YamlNode = Position &
  (
    | { kind: 'map'; entries: YamlEntry[] }
    | { kind: 'list'; items: YamlNode[] }
    | { kind: 'text'; text: string; inset?: Inset }
    | { kind: 'number'; lexeme: string }
    | { kind: 'boolean'; value: boolean; written: string }
    | { kind: 'null' }
  );

export type YamlMap = Extract<YamlNode, { kind: 'map' }>;

/** The position is that of the `---`, or of the file's begin. `isEmpty`: after its `---` comes nothing, not even `null`. */
export type YamlDocument = Position & { root: YamlNode; isEmpty?: true };

/** Nodes of one document, those of aliases counted at each use. */
export const MAX_NODES = 200_000;
export const MAX_DEPTH = 64;

/** A number as JSON writes it; what YAML also takes for a number (`0x1F`, `007`, `+1`, `.inf`) stays text. */
export const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
