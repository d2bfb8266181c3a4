/** A kind of check that packs may ask for: a member of this folder, named like its key in a pack file. */
import type { Instant } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import type { ControlStatus } from '../model/control.ts';
import type { AuditField } from '../model/event.ts';
import type { Finding } from '../model/finding.ts';
import type { RunSummary } from '../model/history.ts';
import type { Report } from '../model/report.ts';
import type { CalendarAge } from '../retention/calendar-age.ts';

export type Position = { line: number; column: number };

/** One of the texts behind the key of a check. */
export type PackValue = Position & { text: string };

/** What a kind is told while a pack is read. */
export type PackReader = {
  problem(at: Position, message: string): void;
  /** The id of a rule, by id, name or title; a problem where there is none. */
  ruleId(value: PackValue): string | undefined;
};

/** What a run knows, for whoever judges a control by it. */
export type Evidence = {
  report: Report;
  /** As findings and rules name it: `soc2:CC7.2`. */
  control: string;
  /** `--now`, or else the time of the last event. Undefined where no event has a time. */
  now: Instant | undefined;
  /** Why what is not in the report may still be there: files that were not read whole, or not understood. */
  partial: string | undefined;
  /** Checks that the configuration left out. */
  disabled: readonly string[];
  /** Canonical fields that some schema demands of every event; undefined where only raw records are judged. */
  demanded: readonly AuditField[] | undefined;
  /** Canonical fields that a source of this run has not by design, each by such sources. */
  lacking: Readonly<Partial<Record<AuditField, readonly string[]>>>;
  /** Whether `--since` or `--until` left events out. */
  isCut: boolean;
  /** How long this organization keeps its logs, as the configuration says. */
  keep: { minimum?: CalendarAge; maximum?: CalendarAge };
  /** Those before this one; undefined where no history was given. */
  runs: readonly RunSummary[] | undefined;
};

export type Judged = {
  asks: string;
  status: ControlStatus;
  population: { of: string; count: number };
  /** Findings of the report that speak against it. */
  against?: readonly Finding[];
  /** What only a pack asks for becomes findings of its own. */
  found?: readonly Finding[];
  /** Why it would be open were all of `found` not there, or waived. */
  otherwise?: string | undefined;
  reason?: string;
};

export type PackCheckKind<Params> = {
  name: string;
  /** For the page of packs and their schema. */
  title: string;
  parse(values: readonly PackValue[], reader: PackReader): Params | undefined;
  /** What is asked, as the matrix of a report says it. `titleOf`: of a rule, by its id. */
  asks(params: Params, titleOf: (id: string) => string): string[];
  judge(params: Params, evidence: Evidence): Judged[];
};

/** For what is asked about rules of a report: one that is not there is called by its id. */
export function titlesIn({ rules }: Report): (id: string) => string {
  return (id) => rules.find((rule) => rule.id === id)?.title ?? id;
}

/** Nothing counts as passed without a population, or where a part of the log was not read. */
export function passedUnless(judged: Omit<Judged, 'status'>, { partial }: Evidence): Judged {
  if (judged.population.count === 0)
    return {
      ...judged,
      status: 'undetermined',
      reason: judged.reason ?? `there are no ${judged.population.of}`,
    };
  if (partial !== undefined) return { ...judged, status: 'undetermined', reason: partial };
  return { ...judged, status: 'passed' };
}

/** Waivers that a reason names. */
const MAX_WAIVERS = 5;

/** `judged`: without the waived, which stand against it, so it is never passed: an auditor reads who answers for it. What is open stays open. */
export function exceptedAtBest(judged: Judged, waived: readonly Finding[]): Judged {
  const ids = [...new Set(waived.flatMap(({ waiver }) => (waiver === undefined ? [] : [waiver.title])))];
  const more = ids.length > MAX_WAIVERS ? ` and ${ids.length - MAX_WAIVERS} more` : '';
  const stand = `${count(waived.length, 'finding')} ${waived.length === 1 ? 'stands' : 'stand'}`;
  const reason = `${stand}, waived by ${ids.slice(0, MAX_WAIVERS).join(', ')}${more}`;
  if (judged.status === 'passed') return { ...judged, status: 'excepted', against: waived, reason };
  return { ...judged, against: waived, reason: `${judged.reason ?? judged.status}; ${reason}` };
}
