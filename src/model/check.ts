/** A check: a fold over events in log order that finds what one event or its neighbours show. */

import type { BareSource } from './bare-source.ts';
import type { Event, Fields } from './event.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { GoneRecords } from './open-use.ts';
import type { Notice, StreamSummary } from './report.ts';
import type { AuditRequest } from './request.ts';

/** What a check has to say when the last event was seen. Findings need no order: the spine sorts. */
export type CheckResult = {
  findings: Finding[];
  streams?: StreamSummary[];
  notices?: Notice[];
  /** Records without a chain, by source: `streams` and `notices` tell of them too. */
  bare?: readonly BareSource[];
  /** Why something that should have been verified could not be: the audit is then incomplete. */
  incomplete?: string;
  /** Files before which records of their source are gone by a signed declaration. */
  frontPruned?: readonly string[];
  /** Records that are gone by a signed declaration. */
  gone?: readonly GoneRecords[];
};

/**
 * Law, tested for every member at random cuts: fold(a then b) equals merge(fold(a), fold(b)).
 * State is plain data (structured clone keeps it whole), for it travels between threads and into `--state`.
 */
export interface Check<State> {
  start(): State;
  /** Asks for its fields, once per source; the step it returns changes `state` for each event. */
  compile(fields: Fields): (state: State, event: Event) => void;
  /** `right` began where `left` ended. May change and return `left`. */
  merge(left: State, right: State): State;
  /** Awaited before `finish`, which cannot: imports what few states need. */
  ready?(state: State): Promise<void>;
  finish(state: State): CheckResult;
}

/** A member of `src/checks/`. Everything that help, docs and SARIF say about it derives from this value. */
export type CheckDefinition<State> = {
  /** Kebab-case, the file's name, and the word in `audit-check.yaml`. */
  name: string;
  title: string;
  findings: readonly FindingKind[];
  /** Whether the check sees the records outside `--since`/`--until` too: a chain has no holes. */
  everyRecord?: boolean;
  /** Whether the check passes by records of which fields were erased, as signed: what is missing there is no defect. */
  wholeRecords?: boolean;
  /** The check for this run, or undefined when the request gives it nothing to do. */
  create(request: AuditRequest): Check<State> | undefined;
};
