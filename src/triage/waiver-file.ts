/** A waivers file as it was read: what each entry is to cover, what it grants, and what is wrong with it. */
import type { Excerpt } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import type { Day } from './day.ts';

/** What a finding can be told by, beside its rule. */
export const MATCH_KEYS = ['file', 'subject', 'fingerprint', 'message'] as const;
export type MatchKey = (typeof MATCH_KEYS)[number];

export type WaiverPolicy = {
  /** Days from `created` to `expires`, at the most. */
  maxAge?: number;
  /** Globs of rules and codes that no waiver may cover, those of rule files neither. */
  protected: string[];
  /** Findings that one waiver may cover. */
  maxFindings?: number;
  /** Characters of a reason, at the least. */
  minReason: number;
  /** Days before its end from which on a waiver is called expiring. */
  remind: number;
};

/** One thing that is wrong with an entry, at its line. */
export type Flaw = { message: string; place: Place; excerpt: Excerpt };

/** Which findings: those of one of the rules, where each of `match` has a pattern that fits. */
export type Coverage = { rules: string[]; match: { key: MatchKey; patterns: string[] }[] };

export type Grant = {
  owner: string;
  reason: string;
  ticket?: string;
  approvedBy?: string;
  /** The last day on which it holds. */
  expires: Day;
  /** Records that all its findings together may stand for, at the most: what grew since is not what was accepted. */
  maxCount?: number;
};

export type WaiverEntry = {
  /** Its own, or `#3` where it has none that can be used. */
  id: string;
  place: Place;
  /** Undefined where that cannot be told. */
  covers?: Coverage;
  /** Undefined where something is wrong with the entry. */
  grant?: Grant;
  flaws: Flaw[];
};

export type WaiverFile = {
  file: string;
  /** The day as of which its entries are judged. */
  asOf: Day;
  policy: WaiverPolicy;
  /** Where the policy names what it protects. */
  protectedPlace: Place;
  entries: WaiverEntry[];
  /** Rules and codes that a run can speak, where that is known: a name that is none of them is misspelled. */
  known?: readonly string[];
  /** Titles as reports print them, and the rule or code that each is of. */
  titles?: ReadonlyMap<string, string>;
};
