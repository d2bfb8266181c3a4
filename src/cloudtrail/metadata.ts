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

/** What CloudTrail writes into the metadata of a digest, by the name that S3 or HTTP gives it. */
const WRITTEN = /^(?:x-amz-meta-)?(?:signature|signature-algorithm|backfill-generation-timestamp)$|^x-amz-/i;

/** What `head-object` and `get-object` print beside it, and the headers of an answer of S3. */
const PRINTED =
  /^(?:AcceptRanges|LastModified|ETag|VersionId|Expir\w+|Cache-?Control|Content-?\w+|WebsiteRedirectLocation|ServerSideEncryption|SSE\w+|BucketKeyEnabled|StorageClass|RequestCharged|ReplicationStatus|PartsCount|TagCount|Object-?Lock\w+|Checksum\w+|ArchiveStatus|Restore|MissingMeta|DeleteMarker|accept-ranges|last-modified|server|date|connection)$/i;

/** What no such command prints: it could be, or hold, events, and is not passed over. */
export function strayMember(document: JsonValue): string | undefined {
  if (!(document instanceof JsonObject)) return undefined;
  const isFlat = (value: JsonValue) => !(value instanceof JsonArray) && !(value instanceof JsonObject);
  const inner = document.get('Metadata');
  const hidden =
    inner instanceof JsonObject
      ? inner.members.find(({ key, value }) => !isFlat(value) || !WRITTEN.test(key))
      : undefined;
  const beside = document.members.find(({ key, value }) => {
    if (key === 'Metadata' && value === inner && value instanceof JsonObject) return false;
    return !isFlat(value) || !(WRITTEN.test(key) || PRINTED.test(key));
  });
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
