/** Findings: one problem each, with a stable code, a place, and (in the code's description) what to do. */
import { sha256Hex } from '../base/digest.ts';
import { compareText } from '../base/text-safety.ts';
import { comparePlaces, type Place } from './place.ts';

export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Violation: the log proves it. Undetermined: the log cannot tell. Satisfied findings are not printed. */
export type Verdict = 'violation' | 'satisfied' | 'undetermined';

/** A piece of the record around the value that a finding is about; `start` and `end` are in characters of `text`. */
export type Excerpt = { text: string; start: number; end: number };

export type Finding = {
  /** The check or the rule that speaks: `required-fields`, or a rule's id. */
  rule: string;
  /** What kind of problem, a fact that never changes its meaning: `missing-field`. */
  code: string;
  severity: Severity;
  verdict: Verdict;
  place: Place;
  /** RFC 3339: the first and the last instant of the events that it is about, where all of them have a readable time. */
  time?: { from: string; until: string };
  /** Other places that belong to it: further records of the episode, the previous record of a chain. */
  related?: Place[];
  /** Lower case, no final period, values quoted, expected and found. */
  message: string;
  /** What its further events, or findings that were joined to it, say in place of the message, each once; and whether there is more. */
  also?: string[];
  moreSaid?: true;
  /** Who or what it is about, for grouping and attribution. */
  subject?: string;
  /** How many records or positions the finding stands for, when more than one. */
  count?: number;
  excerpt?: Excerpt;
  /** Who answers for it: the finding stands, and does not count for the verdict of the run. */
  waiver?: {
    id: string;
    title: string;
    owner: string;
    reason: string;
    ticket?: string;
    approvedBy?: string;
    /** RFC 3339; the first instant at which the waiver no longer holds. */
    expires: string;
  };
  /** A waiver that covered it and no longer does: it lapsed, or is not well made. The finding counts. */
  lapsed?: { id: string; reason: string };
  /** Where a baseline was given: whether it knows the finding. */
  baseline?: 'new' | 'unchanged';
  /** Of a new one that the baseline has: what is no longer as it was. */
  newBecause?: string;
  /** Stable across runs: the rule and the record's own identity, never the line number alone. */
  fingerprint: string;
};

/** The words of a code: they stand once, beside the check that speaks it. */
export type FindingKind = {
  code: string;
  severity: Severity;
  /** A short noun phrase: `required field missing`. */
  title: string;
  why: string;
  fix: string;
  /** Controls that the finding speaks to: `soc2:CC7.2`, `pci-dss-4:10.2.2`. */
  controls?: string[];
};

/** What a report says of a code that occurs in it. */
export function wordsOfKind({ title, why, fix, controls = [] }: FindingKind) {
  return { title, why, fix, controls };
}

/** 128 bits of SHA-256 over what makes the finding the same one in the next run. */
export function toFingerprint(...parts: readonly string[]): string {
  return sha256Hex(JSON.stringify(parts)).slice(0, 32);
}

export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The one total order of findings: by place, then by rule, code, message. */
export function compareFindings(left: Finding, right: Finding): number {
  return (
    comparePlaces(left.place, right.place) ||
    compareText(left.rule, right.rule) ||
    compareText(left.code, right.code) ||
    compareText(left.message, right.message) ||
    compareText(left.fingerprint, right.fingerprint)
  );
}
