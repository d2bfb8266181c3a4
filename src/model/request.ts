/** Everything a run is told, as plain data: a worker thread gets it by structured clone and compiles it anew. */
import type { Instant } from '../base/instant.ts';
import type { Severity } from './finding.ts';
import type { KeptAges } from './report.ts';
import type { RuleSet } from './rule.ts';
import type { FailOn } from './verdict.ts';

/** Bounds on everything that the input controls. */
export type Limits = {
  /** Bytes of one record; a longer one is a finding. */
  recordBytes: number;
  /** Decoded bytes of one compressed file. */
  decodedBytes: number;
  /** Decoded bytes per stored byte, once a file has grown beyond 64 MiB. */
  inflation: number;
};

export const DEFAULT_LIMITS: Limits = {
  recordBytes: 64 * 1024 * 1024,
  decodedBytes: 256 * 1024 ** 3,
  inflation: 500,
};

/** What a statement of licenses is asked to tell, in nanoseconds. */
export type StatementOptions = {
  /** Without use for so long, somebody is idle. */
  idle: bigint;
  /** Denials that follow on each other within this time are one. */
  retry: bigint;
};

/** A JSON Schema 2020-12 for canonical events or for raw records. */
export type EventSchema = { name: string; appliesTo: 'audit' | 'raw'; schema: Record<string, unknown> };

/** Something wrong with a key, at the line of the configuration that names it: a finding that no log is asked for. */
export type KeyFault = {
  code: string;
  severity: Severity;
  key: string;
  message: string;
  file: string;
  line: number;
};

/**
 * Documents are carried as parsed YAML of a shape that their floor checks (`sources/`, `chain/`, `licenses/`):
 * the model names them without knowing their words.
 */
export type AuditRequest = FailOn & {
  tool: { name: string; version: string };
  /** Files and folders, or `-`. */
  paths: string[];
  /** Globs of files in folders that are not read. */
  exclude: string[];
  /** Source mappings by name, and the one the user forces on every file. */
  sources: Record<string, unknown>;
  source?: string;
  schemas: EventSchema[];
  /** Actor names that are allowed although they look anonymous. */
  allowActors: string[];
  /** Chain profiles by name, the one the user forces, and key bytes by reference name. */
  chains: Record<string, unknown>;
  chain?: string;
  keys: Record<string, Uint8Array>;
  /** Public keys of those who sealed whole files, as `cloudtrail/` parsed them. */
  publicKeys?: unknown;
  keyFaults?: readonly KeyFault[];
  /** Names of keys that the configuration names, and the environment does not have. */
  unsetKeys?: readonly string[];
  rules: RuleSet;
  /** A contract as `licenses/` parsed it. */
  licenses?: unknown;
  /** IANA zone of the times in text logs, which state none. */
  zone?: string;
  /** Figures of every license are wanted beside the verdicts. */
  statement?: StatementOptions;
  since?: Instant;
  until?: Instant;
  /** Checks not to run, by name. */
  disabled: string[];
  /** Control packs as `packs/` parsed them, and what they need to know of the organization: an audit does not look at them. */
  packs?: unknown;
  /** Ages that parse. */
  keep?: KeptAges;
  limits: Limits;
  generated?: string;
};
