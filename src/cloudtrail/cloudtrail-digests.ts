/**
 * AWS CloudTrail's digest files as a kind of seals, verified offline from a copy of the bucket.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
 */
import { type Instant, parseMoment, wholeMs } from '../base/instant.ts';
import { JsonObject, type JsonValue } from '../base/json.ts';
import { compareText, count, quote } from '../base/text-safety.ts';
import type { AuditRequest } from '../model/request.ts';
import type { JsonSealKind, KnownFile, SealFile, SealResult } from '../model/seal.ts';
import { type Digest, isDigest, parseDigest } from './digest.ts';
import { judgeEnds } from './digest-ends.ts';
import { DIGEST_FINDINGS } from './finding-kinds.ts';
import { CLOUDTRAIL_DIGESTS, type Issue, toFindings } from './issues.ts';
import { type ChainMember, judgeChain } from './judge-chain.ts';
import { judgeListed } from './judge-listed.ts';
import { judgeUnlisted, type Unsealed } from './judge-unlisted.ts';
import { type JudgedStream, quietHours, sayUnverified } from './judged-stream.ts';
import { ListedFiles } from './listed-files.ts';
import { type DigestMetadata, isMetadata, parseMetadata, strayMember } from './metadata.ts';
import {
  baseName,
  isAtItsPlace,
  METADATA_SUFFIX,
  parseDigestName,
  plainName,
  quoteKey,
  streamOf,
} from './object-names.ts';
import { isKeyList, type PublicKey } from './public-keys.ts';
import { KeyRing } from './signature.ts';
import { summarizeStream, summarizeUnsealed } from './stream-summary.ts';

/** What `AuditRequest.publicKeys` holds. `beside`: files of keys that lie among the logs. */
export type GivenKeys = { keys: PublicKey[]; files: string[]; beside: string[] };

/** What one file says. */
type Part =
  | { type: 'digest'; digest: Digest }
  | { type: 'metadata'; metadata: DigestMetadata }
  | { type: 'keys' }
  | { type: 'malformed'; problem: string };

const SOURCE = 'cloudtrail';
export const cloudtrailDigests: JsonSealKind = {
  form: 'json',
  name: CLOUDTRAIL_DIGESTS,
  title: 'AWS CloudTrail digest files',
  findings: DIGEST_FINDINGS,
  isNamed: (file) => /_CloudTrail-Digest_[^/]*\.json(?:\.gz)?$/.test(baseName(file)),
  isDocument: (document) => isDigest(document) || isMetadata(document) || isKeyList(document),
  parse: parsePart,
  isExpected: ({ publicKeys }) => publicKeys !== undefined,
  judge,
};

function parsePart(file: string, document: JsonValue | undefined, documents: number): Part {
  const malformed = (problem: string): Part => ({ type: 'malformed', problem });
  if (documents > 1) return malformed(`expected one JSON object, found ${count(documents, 'value')}`);
  if (!(document instanceof JsonObject)) return malformed('expected a JSON object, found none');
  const isBeside = file.endsWith(METADATA_SUFFIX);
  if (isBeside || isMetadata(document)) {
    const metadata = parseMetadata(document);
    const stray = strayMember(document);
    if (stray !== undefined)
      return malformed(`expected texts and numbers beside "Metadata", found more in ${quote(stray)}`);
    if (metadata.signature === undefined)
      return malformed('expected the metadata of an object with "signature", found none');
    if (!isBeside || parseDigestName(withoutSuffix(file)) === undefined)
      return malformed(`expected metadata under the name of their digest and ${quote(METADATA_SUFFIX)}`);
    return { type: 'metadata', metadata };
  }
  if (isKeyList(document)) return { type: 'keys' };
  const digest = parseDigest(document);
  return typeof digest === 'string' ? malformed(digest) : { type: 'digest', digest };
}

function withoutSuffix(file: string): string {
  return file.slice(0, -METADATA_SUFFIX.length);
}

function judge(request: AuditRequest, seals: readonly SealFile[], files: readonly KnownFile[]): SealResult {
  const given = request.publicKeys as GivenKeys | undefined;
  const issues: Issue[] = (given?.beside ?? []).map(toBesideIssue);
  const { digests, metadata } = sortParts(seals, issues);
  if (digests.length === 0 && given !== undefined) return sayNoDigests(given, files, issues);
  const keys = new KeyRing(given?.keys ?? []);
  const listed = new ListedFiles(
    files,
    digests.flatMap(({ digest }) => digest.files),
  );
  const since = toMs(request.since);
  const streams = toStreams(digests, metadata, issues).map(([stream, members]): JudgedStream => {
    const chain = judgeChain(members, { stream, keys, since });
    const those = members.map(({ digest, seal }) => ({ digest, file: seal.file }));
    return { stream, members, chain, listed: judgeListed(stream, those, listed) };
  });
  const covered = streams.map(({ stream, members, chain }) => ({
    stream,
    digests: members.map(({ digest }) => digest),
    holes: chain.holes,
  }));
  const unlisted = judgeUnlisted(files, listed, covered);
  issues.push(
    ...streams.flatMap(({ chain, listed: own }) => [...chain.issues, ...own.issues]),
    ...unlisted.issues,
    ...judgeEnds(streams, metadata, {
      until: toMs(request.until),
      now: request.generated === undefined ? undefined : toMs(parseMoment(request.generated)),
    }),
    ...sayUnverified(streams, keys.isEmpty),
  );
  return {
    findings: toFindings(issues),
    streams: summarize(streams, unlisted.unsealed),
    notices: streams.flatMap(quietHours),
    speaksFor: digests.length > 0 ? [SOURCE] : [],
  };
}

function toMs(instant: Instant | undefined): number | undefined {
  return instant === undefined ? undefined : wholeMs(instant);
}

type DigestFile = { digest: Digest; seal: SealFile };
/** By the plain name of the digest. */
export type MetadataFiles = ReadonlyMap<string, DigestMetadata & { file: string }>;

function sortParts(
  seals: readonly SealFile[],
  issues: Issue[],
): { digests: DigestFile[]; metadata: MetadataFiles } {
  const digests: DigestFile[] = [];
  const metadata = new Map<string, DigestMetadata & { file: string }>();
  for (const seal of seals) {
    const part = seal.part as Part;
    const { file } = seal;
    if (part.type === 'digest') digests.push({ digest: part.digest, seal });
    else if (part.type === 'metadata')
      metadata.set(plainName(withoutSuffix(file)), { ...part.metadata, file });
    else if (part.type === 'malformed') {
      const identity = baseName(file);
      issues.push({ code: 'malformed-digest', file, message: part.problem, subject: identity, identity });
    }
  }
  return { digests, metadata };
}

/** Of several copies of one digest the one at its place stands for it. */
function toStreams(
  digests: readonly DigestFile[],
  metadata: MetadataFiles,
  issues: Issue[],
): [stream: string, members: ChainMember[]][] {
  const streams = new Map<string, Map<string, DigestFile>>();
  for (const each of digests) {
    const stream = streamOf(each.digest);
    const objects = streams.get(stream) ?? new Map<string, DigestFile>();
    streams.set(stream, objects);
    const known = objects.get(each.digest.object);
    const [kept, copy] = known === undefined ? [each] : preferred(known, each);
    objects.set(each.digest.object, kept);
    if (copy !== undefined) issues.push(toCopyIssue(stream, kept, copy));
  }
  return [...streams]
    .sort(([left], [right]) => compareText(left, right))
    .map(([stream, objects]) => [
      stream,
      [...objects.values()]
        .map((each) => ({ ...each, metadata: metadata.get(plainName(each.digest.object)) }))
        .sort(
          ({ digest: a }, { digest: b }) =>
            a.end - b.end || a.start - b.start || compareText(a.object, b.object),
        ),
    ]);
}

function preferred(left: DigestFile, right: DigestFile): [kept: DigestFile, copy: DigestFile] {
  const isPlaced = ({ digest, seal }: DigestFile) => isAtItsPlace(seal.file, digest.object);
  return isPlaced(right) && !isPlaced(left) ? [right, left] : [left, right];
}

function toCopyIssue(stream: string, kept: DigestFile, { digest, seal }: DigestFile): Issue {
  const what = seal.sha256 === kept.seal.sha256 ? 'a copy' : 'a changed copy';
  return {
    code: seal.sha256 === kept.seal.sha256 ? 'moved-digest' : 'altered-digest',
    file: seal.file,
    related: [kept.seal.file],
    message: `it is ${what} of ${quoteKey(digest.object)}, which lies in ${quoteKey(kept.seal.file)}`,
    subject: stream,
    identity: seal.file,
  };
}

function toBesideIssue(file: string): Issue {
  const message = `the public keys were read from ${quoteKey(file)}, which lies among the logs they are to prove`;
  return { code: 'key-list-beside-logs', file, message, subject: file, identity: baseName(file) };
}

function sayNoDigests(given: GivenKeys, files: readonly KnownFile[], issues: readonly Issue[]): SealResult {
  const logs = files.filter(({ source }) => source === SOURCE);
  const found =
    logs.length === 0
      ? 'nor a log file of CloudTrail'
      : `but ${count(logs.length, 'log file')} of CloudTrail`;
  const issue: Issue = {
    code: 'no-digests',
    file: logs[0]?.file ?? given.files[0]!,
    message: `public keys were given, and no digest is here, ${found}`,
    subject: 'CloudTrail',
    identity: '',
    related: logs.slice(1).map(({ file }) => file),
  };
  return {
    findings: toFindings([...issues, issue]),
    speaksFor: [],
    incomplete: 'no CloudTrail digests were found',
  };
}

function summarize(streams: readonly JudgedStream[], unsealed: readonly Unsealed[]) {
  const owned = new Map<string, KnownFile[]>();
  const strays = new Map<string, KnownFile[]>();
  for (const { file, stream, owner } of unsealed) {
    const map = stream === undefined ? strays : owned;
    const key = stream ?? owner;
    const known = map.get(key);
    if (known === undefined) map.set(key, [file]);
    else known.push(file);
  }
  return [
    ...streams.map(({ stream, members, chain, listed }) =>
      summarizeStream(stream, members, chain.trusts, listed.tallies, chain.holes, owned.get(stream) ?? []),
    ),
    ...[...strays].map(([owner, files]) => summarizeUnsealed(owner, files)),
  ];
}
