/**
 * YAML 1.2 (core schema) as a tree with positions, read so that a rule means what its author sees:
 * `No`, `on` and dates are text, `0123` keeps its digits, a repeated key is a mistake, and size, depth and aliases are bounded.
 */
import { parseYamlByLibrary } from './yaml-library.ts';
import { MAX_DEPTH, type YamlDocument, type YamlMistake, type YamlNode } from './yaml-node.ts';
import { isPlainText, readPlainDocument } from './yaml-plain.ts';

export type { YamlEntry, YamlMap, YamlMistake, YamlNode } from './yaml-node.ts';

/** Characters of one document, for the library takes a second of each million; the largest public rule file has 60,000. */
const MAX_LENGTH = 1024 * 1024;
/** Characters of a file of many documents; 40,000 rules of 20 lines. */
const MAX_FILE_LENGTH = 16 * MAX_LENGTH;

type Parsed = { documents: YamlDocument[]; problems: YamlMistake[] };

/** The documents that hold something, and everything that is wrong with the rest. */
export function parseYaml(file: string, text: string): Parsed {
  const parsed = parseDocuments(file, text);
  dropEmptyEnd(parsed.documents);
  return parsed;
}

/** A last `---` begins no document where nothing follows it. */
export function dropEmptyEnd(documents: YamlDocument[]): void {
  while (documents.length > 1 && documents.at(-1)!.isEmpty) documents.pop();
}

function parseDocuments(file: string, text: string): Parsed {
  if (text.length > MAX_FILE_LENGTH) return tooLong(file, text.length, MAX_FILE_LENGTH);
  const tooDeep = deepCompactLine(text);
  if (tooDeep !== undefined) {
    const message = `line ${tooDeep} nests deeper than ${MAX_DEPTH} levels`;
    return { documents: [], problems: [{ file, line: 1, column: 1, message }] };
  }
  const isShort = text.length <= MAX_LENGTH;
  if (isPlainText(text)) {
    const parsed = parseByDocument(file, text);
    // What is wrong is told by the library of the file as a whole, where that can be had.
    if (parsed.problems.length === 0 || !isShort) return parsed;
  }
  return isShort ? parseYamlByLibrary(file, text) : tooLong(file, text.length, MAX_LENGTH);
}

/** The root of a file that must be one document; undefined when it holds nothing, or when there are problems. */
export function parseYamlDocument(
  file: string,
  text: string,
): { root: YamlNode | undefined; problems: YamlMistake[] } {
  const { documents, problems } =
    text.length > MAX_LENGTH ? tooLong(file, text.length, MAX_LENGTH) : parseYaml(file, text);
  const [first, second] = documents;
  if (second !== undefined) {
    const { line, column } = second;
    problems.push({ file, line, column, message: 'expected one YAML document, found another' });
  }
  return { root: problems.length > 0 ? undefined : first?.root, problems };
}

function tooLong(file: string, length: number, most: number): Parsed {
  const message = `the file has ${length} characters, at most ${most} are read`;
  return { documents: [], problems: [{ file, line: 0, column: 0, message }] };
}

/** Each document by the plain reader where that can, else by the library. A `---` line begins one, whatever is around it. */
function parseByDocument(file: string, text: string): Parsed {
  const parsed: Parsed = { documents: [], problems: [] };
  let line = 1;
  for (let start = 0; start < text.length; ) {
    const end = documentEnd(text, start);
    const document = readPlainDocument(text, start, end, line);
    if (document === 'unusual') {
      const part = text.slice(start, end);
      if (part.length > MAX_LENGTH) {
        const message = `the document has ${part.length} characters, at most ${MAX_LENGTH} are read`;
        parsed.problems.push({ file, line, column: 1, message });
      } else {
        const { documents, problems } = parseYamlByLibrary(file, part, line);
        parsed.documents.push(...documents);
        parsed.problems.push(...problems);
      }
    } else if (document !== undefined) parsed.documents.push(document);
    line += countLines(text, start, end);
    start = end;
  }
  return parsed;
}

/** The begin of the next `---` line after `start`, or the end of the text. */
function documentEnd(text: string, start: number): number {
  for (let at = text.indexOf('\n---', start); at >= 0; at = text.indexOf('\n---', at + 4)) {
    const after = text[at + 4];
    if (after === undefined || after === ' ' || after === '\n' || after === '\r') return at + 1;
  }
  return text.length;
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/**
 * Runs of `- `, which take the library's process down (a line of 100,000; measured, yaml 2.9.1, brackets and indentation
 * do not), and of `[` and `{a: `, of which it takes 30 s for a million.
 */
const DEEP_RUNS = [
  new RegExp(`^[ \\t]*(?:[-?:][ \\t]+){${MAX_DEPTH + 1}}`, 'm'),
  // Fewer are left to the library, which names the column.
  /(?:[[{][ \t]*(?:\w{0,40}:[ \t]+)?){1000}/,
];

function deepCompactLine(text: string): number | undefined {
  for (const pattern of DEEP_RUNS) {
    const run = pattern.exec(text);
    if (run !== null) return text.slice(0, run.index).split('\n').length;
  }
  return undefined;
}
