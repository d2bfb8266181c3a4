/** What the beginning of a file says about all of it: its source, and where its records lie. */
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';
import { chooseSource, findWrapper, HeadTexts } from '../sources/detect.ts';
import type { Plan } from './plan.ts';

/**
 * What the first documents of a file say about all of it: its source, and the keys that wrap its records.
 * `sealed`: the source that an archive knows the file by.
 */
export function judgeHead(
  { request, mappings }: Plan,
  documents: readonly JsonValue[],
  sealed?: string | null,
): { source: string | null; wrapper: readonly string[] | undefined } {
  const known = mappings.some(({ name }) => name === sealed) ? sealed! : undefined;
  const given = request.source ?? known;
  const considered = given === undefined ? mappings : mappings.filter(({ name }) => name === given);
  const texts = new HeadTexts();
  const wrapper = documents
    .map((document) => findWrapper(document, considered, texts))
    .find((found) => found !== undefined);
  const records = documents.flatMap((document) => unwrap(document, wrapper?.keys));
  const source = given ?? chooseSource(records, mappings, texts);
  return { source, wrapper: wrapper?.keys };
}

/** The records of a document as the reader will hand them out. */
export function unwrap(document: JsonValue, keys: readonly string[] | undefined): JsonValue[] {
  if (document instanceof JsonArray) return document.elements;
  let inner: JsonValue | undefined = document;
  for (const key of keys ?? []) inner = inner instanceof JsonObject ? inner.get(key) : undefined;
  return keys !== undefined && inner instanceof JsonArray ? inner.elements : [document];
}
