/**
 * The metadata of a digest's S3 object, which holds its signature: what `aws s3api head-object` (or get-object) prints,
 * kept beside the digest as `NAME.metadata.json`.
 */
import { parseTimestamp, wholeMs } from '../base/instant.ts';
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';

export type DigestMetadata = {
  /** Hex; undefined where there is none. */
  signature: string | undefined;
  signatureAlgorithm: string | undefined;
  /** Milliseconds since 1970, of a backfill digest. */
  generated: number | undefined;
};

const PREFIX = 'x-amz-meta-';

export function isMetadata(document: JsonValue): boolean {
  const entries = entriesOf(document);
  return (
    entries.has('signature') && entries.has('signature-algorithm') && strayMember(document) === undefined
  );
}

/** What no such command prints: a list or an object beside `Metadata` could hold events, and is not passed over. */
export function strayMember(document: JsonValue): string | undefined {
  if (!(document instanceof JsonObject)) return undefined;
  const isFlat = (value: JsonValue) => !(value instanceof JsonArray) && !(value instanceof JsonObject);
  const inner = document.get('Metadata');
  const hidden = inner instanceof JsonObject ? inner.members.find(({ value }) => !isFlat(value)) : undefined;
  const beside = document.members.find(
    ({ key, value }) =>
      !isFlat(value) && !(key === 'Metadata' && value === inner && value instanceof JsonObject),
  );
  return (beside ?? hidden)?.key;
}

export function parseMetadata(document: JsonValue | undefined): DigestMetadata {
  const entries = document === undefined ? new Map<string, string>() : entriesOf(document);
  const generated = entries.get('backfill-generation-timestamp');
  const parsed = generated === undefined ? undefined : parseTimestamp(generated);
  return {
    signature: entries.get('signature')?.toLowerCase(),
    signatureAlgorithm: entries.get('signature-algorithm'),
    generated: parsed !== undefined && parsed.problem === undefined ? wholeMs(parsed.instant) : undefined,
  };
}

/** Of `Metadata` (the AWS command), or of the object itself; `x-amz-meta-` as the HTTP headers have it is left out. */
function entriesOf(document: JsonValue): Map<string, string> {
  if (!(document instanceof JsonObject)) return new Map();
  const inner = document.get('Metadata');
  const { members } = inner instanceof JsonObject ? inner : document;
  return new Map(
    members.flatMap(({ key, value }): [string, string][] => {
      const name = key.toLowerCase();
      return typeof value === 'string'
        ? [[name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name, value]]
        : [];
    }),
  );
}
