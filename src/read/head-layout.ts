/** How the documents of a file lie in it, by its first bytes, and what the first of them are. */
import type { JsonValue, ParsedJson } from '../base/json.ts';
import { HEAD_ELEMENTS, KeptBytes, parseHeadAt, skipJson } from '../base/json-head.ts';
import { partAt } from '../base/json-prefix.ts';
import { JsonSyntaxError, OPEN_BRACE, OPEN_BRACKET, skipWhitespace } from '../base/lexical.ts';
import { parseQuietly, unwrapDocker } from './docker.ts';
import { lineEndIn } from './read-window.ts';
import type { Layout } from './record-sink.ts';

/** Records shown to the source detection. */
export const SAMPLE_RECORDS = HEAD_ELEMENTS;

/** What the first bytes of a file say of it. `docker`: whether the documents are what Docker wrapped: then they are what is inside. */
export type HeadLook = { layout: Layout; documents: JsonValue[]; docker: boolean };

/** Of the bytes from `first`, which is no white space, to `end`; `isWhole`: nothing comes behind them. */
export function lookAtHead(buffer: Buffer, first: number, end: number, isWhole: boolean): HeadLook {
  if (first >= end) return { layout: 'lines', documents: [], docker: false };
  const source = new KeptBytes(buffer, end);
  const opening = documentAt(buffer, first, end, source);
  const layout = chooseLayout(opening, buffer, first, end, isWhole);
  const documents = firstDocuments(opening, buffer, first, end, layout, source);
  const texts = documents.map(unwrapDocker);
  const docker = layout === 'lines' && texts.length > 0 && !texts.includes(undefined);
  if (!docker) return { layout, documents, docker };
  return { layout, docker, documents: texts.flatMap((text) => parseQuietly(Buffer.from(text!)) ?? []) };
}

/** A document, or why there is none that is whole. */
type Opening = ParsedJson | JsonSyntaxError;

function documentAt(buffer: Buffer, at: number, limit: number, source: KeptBytes): Opening {
  try {
    return parseHeadAt(buffer, at, limit, source);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
}

/** `opening`: the first document. */
function chooseLayout(
  opening: Opening,
  buffer: Buffer,
  first: number,
  end: number,
  isWhole: boolean,
): Layout {
  const lineEnd = lineEndIn(buffer, first, end);
  if (!(opening instanceof JsonSyntaxError)) return opening.end > lineEnd ? 'values' : 'lines';
  const opens = buffer[first] === OPEN_BRACE || buffer[first] === OPEN_BRACKET;
  if (!opens || someLineParses(buffer, lineEnd + 1, end)) return 'lines';
  return opening.at > lineEnd || (lineEnd >= end && !isWhole) ? 'values' : 'lines';
}

/** Whether one of the next 20 lines is a JSON object or array by itself. */
function someLineParses(buffer: Buffer, from: number, window: number): boolean {
  let at = from;
  for (let lines = 0; lines < SAMPLE_RECORDS && at < window; lines++) {
    const lineEnd = lineEndIn(buffer, at, window);
    const start = skipWhitespace(buffer, at, lineEnd);
    if (buffer[start] === OPEN_BRACE && isWhole(buffer, start, lineEnd)) return true;
    at = lineEnd + 1;
  }
  return false;
}

function isWhole(buffer: Buffer, start: number, end: number): boolean {
  try {
    return skipWhitespace(buffer, skipJson(buffer, start, end), end) >= end;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** Of the last document only what is complete. `opening`: the first. */
function firstDocuments(
  opening: Opening,
  buffer: Buffer,
  first: number,
  end: number,
  layout: Layout,
  source: KeptBytes,
): JsonValue[] {
  const documents: JsonValue[] = [];
  let at = first;
  while (at < end && documents.length < SAMPLE_RECORDS) {
    const limit = layout === 'lines' ? lineEndIn(buffer, at, end) : end;
    const isKnown = at === first && !(opening instanceof JsonSyntaxError);
    const document = isKnown ? opening : documentAt(buffer, at, limit, source);
    if (!(document instanceof JsonSyntaxError)) {
      documents.push(document.value);
      at = document.end;
    } else {
      const prefix = partAt(buffer, skipWhitespace(buffer, at, limit), limit, source);
      if (prefix !== undefined) documents.push(prefix);
      if (layout === 'values') break;
      at = limit;
    }
    at = skipWhitespace(buffer, at, end);
  }
  return documents;
}
