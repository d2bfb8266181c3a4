/** Files that vouch for other files: which kinds there are, which files of a run are such, and what they amount to. */
import type { JsonValue } from '../base/json.ts';
import { cloudtrailDigests } from '../cloudtrail/cloudtrail-digests.ts';
import { manifests } from '../manifests/manifests.ts';
import type { AuditRequest } from '../model/request.ts';
import type { JsonSealKind, KnownFile, SealFile, SealKind, SealResult, TextSealKind } from '../model/seal.ts';
import { digestDecoded } from '../read/decoded-digest.ts';
import { digestsOf } from '../read/digest-file.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { type FilePart, toReportName } from './file-part.ts';
import type { Plan } from './plan.ts';
import type { Scan } from './scan-books.ts';
import { spanStretch } from './time-span.ts';

const DOCUMENT_KINDS: readonly JsonSealKind[] = [cloudtrailDigests];
const TEXT_KINDS: readonly TextSealKind[] = [manifests];
export const SEAL_KINDS: readonly SealKind[] = [...DOCUMENT_KINDS, ...TEXT_KINDS];

/** Whether the decoded bytes of every file are to be digested on their way: some file will probably list them. */
export function expectsSeals(request: AuditRequest, files: readonly DiscoveredFile[]): boolean {
  return DOCUMENT_KINDS.some(
    (kind) => kind.isExpected(request) || files.some(({ file }) => kind.isNamed(file)),
  );
}

/** The kind of seals that a file of text holds, by its name. */
export function textSealOf(file: string): TextSealKind | undefined {
  return TEXT_KINDS.find((kind) => kind.isNamed(file));
}

/** `documents`: the first of the file. */
export function documentSealOf(file: string, documents: readonly JsonValue[]): JsonSealKind | undefined {
  const [first] = documents;
  return DOCUMENT_KINDS.find((kind) => kind.isNamed(file) || (first !== undefined && kind.isDocument(first)));
}

export async function judgeSeals({ request }: Plan, scan: Scan): Promise<SealResult[]> {
  const present = new Set([...scan.parts.values()].flatMap(({ seals }) => seals?.kind ?? []));
  const kinds = SEAL_KINDS.filter((kind) => present.has(kind.name) || kind.isExpected(request));
  if (kinds.length === 0) return [];
  const seals = new Map<string, SealFile[]>(kinds.map(({ name }) => [name, []]));
  const files: KnownFile[] = [];
  for (const [index, discovered] of scan.files.entries()) {
    const part = scan.parts.get(index);
    const known = await toKnown(scan, index, discovered, part);
    const own = part?.seals === undefined ? undefined : seals.get(part.seals.kind);
    if (own === undefined) files.push(known);
    else own.push({ ...known, part: part!.seals!.part });
  }
  addStoredDigests(kinds, seals, files, scan);
  return kinds.map((kind) => kind.judge(request, seals.get(kind.name)!, files));
}

/** Digests that the scan did not take: of files that were passed over for holding no records, or by other algorithms. */
function addStoredDigests(
  kinds: readonly SealKind[],
  seals: ReadonlyMap<string, readonly SealFile[]>,
  files: readonly KnownFile[],
  scan: Scan,
): void {
  const wanted = new Map<string, Set<string>>();
  for (const kind of kinds) {
    for (const { file, algorithm } of kind.wants?.(seals.get(kind.name)!) ?? []) {
      const known = wanted.get(file);
      if (known === undefined) wanted.set(file, new Set([algorithm]));
      else known.add(algorithm);
    }
  }
  if (wanted.size === 0) return;
  const byName = new Map(files.map((known) => [known.file, known]));
  for (const [index, { file, regular }] of scan.files.entries()) {
    const known = byName.get(toReportName(file));
    const algorithms = wanted.get(toReportName(file));
    if (known === undefined || algorithms === undefined) continue;
    const { sha256 } = scan.inputs[index]!;
    if (sha256 !== null && algorithms.size === 1 && algorithms.has('sha256')) known.stored = { sha256 };
    else if (regular) {
      const digests = digestsOf(file, [...new Set([...algorithms, 'sha256'])])?.digests;
      // A file that changed since it was audited is another one: nothing is said of it.
      if (digests !== undefined && (sha256 === null || digests.sha256 === sha256)) known.stored = digests;
    }
  }
}

async function toKnown(
  { inputs }: Scan,
  index: number,
  { file }: DiscoveredFile,
  part: FilePart | undefined,
): Promise<KnownFile> {
  const { status, reason, source } = inputs[index]!;
  return {
    file: toReportName(file),
    sha256: part === undefined ? null : await decodedSha256(file, part),
    status,
    ...(reason !== undefined && { reason }),
    source,
    records: part?.records ?? 0,
    span: part?.span == null ? undefined : spanStretch(part.span),
  };
}

/** Taken while the file was read where seals were in sight; else it takes a second look. */
async function decodedSha256(file: string, { stored }: FilePart): Promise<string | null> {
  const { compression, sha256, problem } = stored;
  if (compression === 'none') return sha256;
  if (stored.decodedSha256 !== null) return stored.decodedSha256;
  const wasCutShort = sha256 === null || problem?.code === 'decompression-limit';
  return wasCutShort ? null : ((await digestDecoded(file)) ?? null);
}
