/** How the documents of a file lie in it, by its first bytes, and what the first of them are. */
import { type JsonValue, parseJsonAt } from '../base/json.ts';
import { partAt } from '../base/json-prefix.ts';
import { JsonSyntaxError, OPEN_BRACE, OPEN_BRACKET, skipWhitespace } from '../base/lexical.ts';
import { parseQuietly, unwrapDocker } from './docker.ts';
import { lineEndIn } from './read-window.ts';
import type { Layout } from './record-sink.ts';

/** Records shown to the source detection. */
export const SAMPLE_RECORDS = 20;

/** Of the bytes from `first`, which is no white space, to `end`; `isWhole`: nothing comes behind them. */
export function chooseLayout(buffer: Buffer, first: number, end: number, isWhole: boolean): Layout {
  if (first >= end) return 'lines';
  const lineEnd = lineEndIn(buffer, first, end);
  try {
    return parseJsonAt(buffer, first, end).end > lineEnd ? 'values' : 'lines';
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const opens = buffer[first] === OPEN_BRACE || buffer[first] === OPEN_BRACKET;
    if (!opens || someLineParses(buffer, lineEnd + 1, end)) return 'lines';
    return error.at > lineEnd || (lineEnd >= end && !isWhole) ? 'values' : 'lines';
  }
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
    const { end: after } = parseJsonAt(buffer, start, end);
    return skipWhitespace(buffer, after, end) >= end;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** The first documents, and whether they are what Docker wrapped: then they are what is inside. */
export type FirstDocuments = { documents: JsonValue[]; docker: boolean };

/** Of the last document only what is complete. */
export function firstDocuments(buffer: Buffer, first: number, end: number, layout: Layout): FirstDocuments {
  const documents: JsonValue[] = [];
  let at = first;
  while (at < end && documents.length < SAMPLE_RECORDS) {
    const limit = layout === 'lines' ? lineEndIn(buffer, at, end) : end;
    try {
      const document = parseJsonAt(buffer, at, limit);
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
  const texts = documents.map(unwrapDocker);
  const docker = layout === 'lines' && texts.length > 0 && !texts.includes(undefined);
  if (!docker) return { documents, docker };
  return { documents: texts.flatMap((text) => parseQuietly(Buffer.from(text!)) ?? []), docker };
}
