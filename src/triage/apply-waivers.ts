/**
 * Findings held against a waivers file. A waiver covers a finding or says why it does not; what rule files waive already
 * stays theirs, unless the policy protects the rule.
 */
import { formatInstant } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import type { Notice, WaiverSummary } from '../model/report.ts';
import { anyGlob } from '../model/verdict.ts';
import { DAY_NANOS, formatDay } from './day.ts';
import type { WaiverEntry, WaiverFile } from './waiver-file.ts';
import {
  BROAD,
  broadNotice,
  expiredFinding,
  expiringNotice,
  refusedFinding,
  unusedNotice,
  voidFinding,
  WAIVER_FINDINGS,
} from './waiver-findings.ts';
import { createMatcher } from './waiver-matching.ts';

export type Waived = {
  findings: Finding[];
  /** What is said of the waivers themselves. */
  told: Finding[];
  notices: Notice[];
  summary: WaiverSummary;
};

/** `holds` covers; every other state lets the findings count and says why. */
type State = 'holds' | 'expired' | 'void';

export function applyWaivers(findings: readonly Finding[], waivers: WaiverFile): Waived {
  const isProtected = protection(waivers);
  const entriesFor = createMatcher(waivers.entries);
  const books = new Books(waivers);
  const met = findings.map((finding) => {
    const entries = finding.waiver === undefined ? entriesFor(finding) : [];
    if (isProtected(finding)) books.refuse(finding, entries);
    else books.meet(entries);
    return entries;
  });
  return {
    findings: findings.map((finding, index) =>
      isProtected(finding) ? withoutWaiver(finding, met[index]!) : withWaiver(finding, met[index]!, books),
    ),
    told: books.told(),
    notices: books.notices(),
    summary: books.summary(),
  };
}

function withWaiver(finding: Finding, entries: readonly WaiverEntry[], books: Books): Finding {
  const [first] = entries;
  if (first === undefined) return finding;
  const holding = entries.find((entry) => books.stateOf(entry) === 'holds');
  if (holding !== undefined) return { ...finding, waiver: toWaiver(holding) };
  return { ...finding, lapsed: { id: first.id, reason: books.whyNot(first) } };
}

function withoutWaiver(finding: Finding, [first]: readonly WaiverEntry[]): Finding {
  const { waiver, ...open } = finding;
  const id = waiver?.title ?? first?.id;
  return id === undefined ? finding : { ...open, lapsed: { id, reason: whyProtected(finding) } };
}

function whyProtected({ code }: Finding): string {
  return `may not cover ${quote(code)}, which is protected`;
}

/** That a waiver does not hold is nothing to waive. */
function protection({ policy }: WaiverFile): (finding: Finding) => boolean {
  const own = new Set(WAIVER_FINDINGS.map(({ code }) => code));
  const isGuarded = anyGlob(policy.protected);
  return ({ rule, code }) => own.has(code) || isGuarded(rule) || isGuarded(code);
}

/** The title is the id: a waivers file has no other name for an entry. */
function toWaiver({ id, grant }: WaiverEntry): NonNullable<Finding['waiver']> {
  const { owner, reason, ticket, approvedBy, expires } = grant!;
  return {
    id,
    title: id,
    owner,
    reason,
    ...(ticket !== undefined && { ticket }),
    ...(approvedBy !== undefined && { approvedBy }),
    expires: formatInstant(BigInt(expires + 1) * DAY_NANOS),
  };
}

/** What each entry met, and with that how it stands. */
class Books {
  private readonly waivers: WaiverFile;
  private readonly amounts = new Map<WaiverEntry, number>();
  /** By id: waivers that met what is protected. */
  private readonly refused = new Map<string, Finding>();

  constructor(waivers: WaiverFile) {
    this.waivers = waivers;
  }

  meet(entries: readonly WaiverEntry[]): void {
    for (const entry of entries) this.amounts.set(entry, this.amountOf(entry) + 1);
  }

  refuse(finding: Finding, entries: readonly WaiverEntry[]): void {
    const named = entries.map(({ id, place }) => ({ id, place }));
    if (finding.waiver !== undefined)
      named.push({ id: finding.waiver.title, place: this.waivers.protectedPlace });
    for (const { id, place } of named)
      if (!this.refused.has(id)) this.refused.set(id, refusedFinding(id, whyProtected(finding), place));
  }

  stateOf(entry: WaiverEntry): State {
    if (entry.grant === undefined || this.isTooMuch(entry)) return 'void';
    if (this.amountOf(entry) === 0 && this.refused.has(entry.id)) return 'void';
    return entry.grant.expires < this.waivers.asOf ? 'expired' : 'holds';
  }

  whyNot(entry: WaiverEntry): string {
    if (entry.flaws.length > 0) return `does not hold: ${entry.flaws[0]!.message}`;
    return this.isTooMuch(entry) ? this.tooMuch(entry) : `expired on ${formatDay(entry.grant!.expires)}`;
  }

  told(): Finding[] {
    const ofEntries = this.waivers.entries.flatMap((entry) => {
      const { id, place, flaws } = entry;
      if (flaws.length > 0) return flaws.map((flaw) => voidFinding(id, flaw));
      if (this.isTooMuch(entry)) return [refusedFinding(id, this.tooMuch(entry), place)];
      const amount = this.amountOf(entry);
      return this.stateOf(entry) === 'expired' && amount > 0 ? [expiredFinding(entry, amount)] : [];
    });
    return [...ofEntries, ...this.refused.values()];
  }

  notices(): Notice[] {
    const { asOf, policy } = this.waivers;
    return this.waivers.entries.flatMap((entry) => {
      const state = this.stateOf(entry);
      const amount = this.amountOf(entry);
      if (state === 'void') return [];
      if (amount === 0) return [unusedNotice(entry, state === 'expired')];
      if (state === 'expired') return [];
      const isEnding = entry.grant!.expires - asOf <= policy.remind;
      return [
        ...(isEnding ? [expiringNotice(entry, amount, asOf)] : []),
        ...(amount > BROAD && policy.maxFindings === undefined ? [broadNotice(entry, amount)] : []),
      ];
    });
  }

  summary(): WaiverSummary {
    const { file, asOf, entries } = this.waivers;
    const amount = (wanted: State, isUsed?: boolean) =>
      entries.filter(
        (entry) =>
          this.stateOf(entry) === wanted && (isUsed === undefined || this.amountOf(entry) > 0 === isUsed),
      ).length;
    return {
      file,
      asOf: formatDay(asOf),
      entries: entries.length,
      used: amount('holds', true),
      unused: amount('holds', false),
      expired: amount('expired'),
      void: amount('void'),
    };
  }

  private amountOf(entry: WaiverEntry): number {
    return this.amounts.get(entry) ?? 0;
  }

  private isTooMuch(entry: WaiverEntry): boolean {
    const { maxFindings = Infinity } = this.waivers.policy;
    return this.amountOf(entry) > maxFindings;
  }

  private tooMuch(entry: WaiverEntry): string {
    const { maxFindings = Infinity } = this.waivers.policy;
    return `is for ${count(this.amountOf(entry), 'finding')}, and the policy allows ${count(maxFindings, 'finding')}`;
  }
}
