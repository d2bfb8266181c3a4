/** Files that vouch for other files: what a kind of seals (CloudTrail digests, a manifest) is told, and what it answers. */
import type { Instant } from '../base/instant.ts';
import type { JsonValue } from '../base/json.ts';
import type { CheckResult } from './check.ts';
import type { FindingKind } from './finding.ts';
import type { IntegrityRule } from './integrity.ts';
import type { InputStatus } from './report.ts';
import type { AuditRequest } from './request.ts';

/** What one file with seals says: plain data of its kind's own, for it travels between threads and into `--state`. */
export type SealPart = { kind: string; part: unknown };

/** A file as the scan knows it. */
export type KnownFile = {
  file: string;
  /** Of the decoded bytes; null where they were not read to their end. */
  sha256: string | null;
  status: InputStatus;
  reason?: string;
  /** Null where no source fits, and for a file of seals. */
  source: string | null;
  /** Records read. */
  records: number;
  /** First and last time of its records; undefined where none had one. */
  span: { from: Instant; until: Instant } | undefined;
  /** Of the stored bytes, lower-case hex by algorithm, where a seal asked for it and the file could be read. */
  stored?: { readonly [algorithm: string]: string };
};

/** Names of Node's digests that a seal may ask for. */
export type StoredDigest = { file: string; algorithm: string };

/** A file of seals, and what it says. */
export type SealFile = KnownFile & { part: unknown };

export type SealResult = CheckResult & {
  /** Sources whose files are all accounted for in `streams`: no check need call them unprotected. */
  speaksFor: readonly string[];
  /** Files that are themselves what is logged, hold no records, and were held to their seal: with some, not nothing was verified. */
  vouched?: number;
};

export type SealKind = JsonSealKind | TextSealKind;

/** Documents among the logs; what a document says tells it too. */
export type JsonSealKind = SealKindBase & {
  form: 'json';
  /** Whether a document is one, whatever its file is called. */
  isDocument(document: JsonValue): boolean;
  /** What a file says, from its one document; `documents` counts those that were found. */
  parse(file: string, document: JsonValue | undefined, documents: number): unknown;
};

/** Lines of text, which nothing tells but the name of the file. */
export type TextSealKind = SealKindBase & {
  form: 'text';
  /** `text`: undefined where the file is longer than a record may be, or is no UTF-8. */
  parse(file: string, text: string | undefined): unknown;
  /** Why nobody can tell whether a file of seals names a log beside it; undefined where that is known. */
  doubtOf?(seal: Pick<SealFile, 'file' | 'part'>, log: string): string | undefined;
};

type SealKindBase = {
  /** What it finds speaks of integrity: so it is among the rules that do. */
  name: IntegrityRule;
  title: string;
  findings: readonly FindingKind[];
  /** Whether a file of this name is a file of seals, whatever it holds. */
  isNamed(file: string): boolean;
  /** Whether this run asks for such seals, so that their absence must be told. */
  isExpected(request: AuditRequest): boolean;
  /** Digests of files as they are stored that `judge` needs to see; names that no file of the run has are passed over. */
  wants?(seals: readonly SealFile[]): Iterable<StoredDigest>;
  /** Called where there are seals or they are expected. `files`: all others of the run, in its order. */
  judge(request: AuditRequest, seals: readonly SealFile[], files: readonly KnownFile[]): SealResult;
};
