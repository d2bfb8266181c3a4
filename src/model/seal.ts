/** Files that vouch for other files: what a kind of seals (CloudTrail digests, a manifest) is told, and what it answers. */
import type { Instant } from '../base/instant.ts';
import type { JsonValue } from '../base/json.ts';
import type { CheckResult } from './check.ts';
import type { FindingKind } from './finding.ts';
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
};

/** A file of seals, and what it says. */
export type SealFile = KnownFile & { part: unknown };

export type SealResult = CheckResult & {
  /** Sources whose files are all accounted for in `streams`: no check need call them unprotected. */
  speaksFor: readonly string[];
};

export type SealKind = {
  name: string;
  title: string;
  findings: readonly FindingKind[];
  /** Whether a file of this name is a file of seals, whatever it holds. */
  isNamed(file: string): boolean;
  /** Whether a document is one, whatever its file is called. */
  isDocument(document: JsonValue): boolean;
  /** What a file says, from its one document; `documents` counts those that were found. */
  parse(file: string, document: JsonValue | undefined, documents: number): unknown;
  /** Whether this run asks for such seals, so that their absence must be told. */
  isExpected(request: AuditRequest): boolean;
  /** Called where there are seals or they are expected. `files`: all others of the run, in its order. */
  judge(request: AuditRequest, seals: readonly SealFile[], files: readonly KnownFile[]): SealResult;
};
