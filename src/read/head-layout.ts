/** How the documents of a file lie in it, by its first bytes, and what the first of them are. */
import type { JsonValue, ParsedJson } from '../base/json.ts';
import { HEAD_ELEMENTS, parseHeadAt, skipJson } from '../base/json-head.ts';
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
  let known: ParsedJson | undefined;
  let layout: Layout;
  const lineEnd = lineEndIn(buffer, first, end);
  try {
    known = parseHeadAt(buffer, first, end);
    layout = known.end > lineEnd ? 'values' : 'lines';
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    layout = layoutOfFailed(error, buffer, first, lineEnd, end, isWhole);
  }
  const documents = firstDocuments(buffer, first, end, layout, known);
  const texts = documents.map(unwrapDocker);
  const docker = layout === 'lines' && texts.length > 0 && !texts.includes(undefined);
  if (!docker) return { layout, documents, docker };
  return { layout, docker, documents: texts.flatMap((text) => parseQuietly(Buffer.from(text!)) ?? []) };
}

/** Of a file whose first document is not whole, or no JSON. */
function layoutOfFailed(
  error: JsonSyntaxError,
  buffer: Buffer,
  first: number,
  lineEnd: number,
  end: number,
  isWhole: boolean,
): Layout {
  const opens = buffer[first] === OPEN_BRACE || buffer[first] === OPEN_BRACKET;
  if (!opens || someLineParses(buffer, lineEnd + 1, end)) return 'lines';
  return error.at > lineEnd || (lineEnd >= end && !isWhole) ? 'values' : 'lines';
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

/** Of the last document only what is complete. `known`: the first one, where it is whole. */
function firstDocuments(
  buffer: Buffer,
  first: number,
  end: number,
  layout: Layout,
  known: ParsedJson | undefined,
): JsonValue[] {
  const documents = known === undefined ? [] : [known.value];
  let at = known === undefined ? first : skipWhitespace(buffer, known.end, end);
  while (at < end && documents.length < SAMPLE_RECORDS) {
    const limit = layout === 'lines' ? lineEndIn(buffer, at, end) : end;
    try {
      const document = parseHeadAt(buffer, at, limit);
      documents.push(document.value);
      at = document.end;
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      const prefix = partAt(buffer, skipWhitespace(buffer, at, limit), limit);
      if (prefix !== undefined) documents.push(prefix);
      if (layout === 'values') break;
      at = limit;
    }
    at = skipWhitespace(buffer, at, end);
  }
  return documents;
}
