/** What the beginning of a file says about all of it: its source, and where its records lie. */
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';
import type { AuditRequest } from '../model/request.ts';
import type { TextFormat, TextPlace, TextReader } from '../model/text-format.ts';
import type { SegmentOrigin } from '../read/discover.ts';
import type { TextLogs } from '../read/text-records.ts';
import { chooseSource, DETECTION_RECORDS, findWrapper, HeadTexts } from '../sources/detect.ts';
import { TEXT_FORMATS } from '../text-logs/index.ts';
import type { Plan } from './plan.ts';

/** The formats of text that a file may have, and what the request says of all of them. */
export function textLogsOf({ zone }: Pick<AuditRequest, 'zone'>, file: string): TextLogs {
  return { formats: TEXT_FORMATS, file, options: { ...(zone !== undefined && { zone }) } };
}

/** The same of a segment of an archive, which is known by what its file was called. */
export function segmentTextLogs(
  request: Pick<AuditRequest, 'zone'>,
  { name, skipped }: SegmentOrigin,
): TextLogs {
  const texts = textLogsOf(request, name);
  const isBegin = skipped === 0;
  return { ...texts, formats: texts.formats.filter(({ isTable }) => isBegin || isTable === undefined) };
}

/** A reader that goes on amid a file. `format`: its name, since a format is no plain data. */
export function resumeText(
  request: Pick<AuditRequest, 'zone'>,
  file: string,
  { format: name, from }: { format: string; from: TextPlace },
): TextReader {
  const { formats, options } = textLogsOf(request, file);
  const format = formats.find((each) => each.name === name);
  if (format?.resume === undefined) throw new Error(`text of the format ${name} was cut`);
  return format.resume(from.state, options);
}

/**
 * What the first documents of a file say about all of it: its source, and the keys that wrap its records.
 * `sealed`: the source that an archive knows the file by. `text`: the format of a file of text.
 */
export function judgeHead(
  { request, mappings }: Plan,
  documents: readonly JsonValue[],
  sealed?: string | null,
  text?: TextFormat,
): { source: string | null; wrapper: readonly string[] | undefined } {
  const known = [sealed, text?.name].find((name) => mappings.some((mapping) => mapping.name === name))!;
  const given = request.source ?? known;
  const considered = given === undefined ? mappings : mappings.filter(({ name }) => name === given);
  const texts = new HeadTexts();
  const wrapper = documents
    .map((document) => findWrapper(document, considered, texts))
    .find((found) => found !== undefined);
  const records = documents.flatMap((document) => unwrap(document, wrapper?.keys, DETECTION_RECORDS));
  const source = given ?? chooseSource(records, mappings, texts);
  return { source, wrapper: wrapper?.keys };
}

/** The records of a document as the reader will hand them out, at most so many. */
export function unwrap(
  document: JsonValue,
  keys: readonly string[] | undefined,
  most = Number.POSITIVE_INFINITY,
): JsonValue[] {
  if (document instanceof JsonArray) return document.first(most);
  let inner: JsonValue | undefined = document;
  for (const key of keys ?? []) inner = inner instanceof JsonObject ? inner.get(key) : undefined;
  return keys !== undefined && inner instanceof JsonArray ? inner.first(most) : [document];
}
