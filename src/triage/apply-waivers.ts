/**
 * Findings held against a waivers file. A waiver covers a finding or says why it does not; what rule files waive already
 * stays theirs, unless the policy protects the rule.
 */
import { getOrCreate } from '../base/get-or-create.ts';
import { formatInstant } from '../base/instant.ts';
import { count, formatNumber, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import type { Notice, WaiverSummary } from '../model/report.ts';
import { anyGlob } from '../model/verdict.ts';
import { OF_LICENSES } from './baseline.ts';
import { DAY_NANOS, formatDay } from './day.ts';
import type { WaiverEntry, WaiverFile } from './waiver-file.ts';
import {
  BROAD,
  BROAD_KINDS,
  broadNotice,
  DISTANT,
  distantNotice,
  expiredFinding,
  expiringNotice,
  outgrownFinding,
  partlyNotice,
  refusedFinding,
  unusedNotice,
  voidFinding,
  WAIVER_FINDINGS,
} from './waiver-findings.ts';
import { createMatcher, type Fitting } from './waiver-matching.ts';

export type Waived = {
  findings: Finding[];
  /** What is said of the waivers themselves. */
  told: Finding[];
  notices: Notice[];
  summary: WaiverSummary;
};

/** `holds` covers; every other state lets the findings count and says why. */
type State = 'holds' | 'expired' | 'outgrown' | 'void';

export function applyWaivers(findings: readonly Finding[], waivers: WaiverFile): Waived {
  const isProtected = protection(waivers);
  const entriesFor = createMatcher(waivers.entries);
  const books = new Books(waivers, findings.length);
  const met = findings.map((finding) => {
    const fitting = finding.waiver === undefined ? entriesFor(finding) : { entries: [], partly: [] };
    if (isProtected(finding)) books.refuse(finding, fitting.entries);
    else books.meet(finding, fitting);
    return fitting;
  });
  return {
    findings: findings.map((finding, index) =>
      isProtected(finding)
        ? withoutWaiver(finding, met[index]!.entries)
        : withWaiver(finding, met[index]!, books),
    ),
    told: books.told(),
    notices: books.notices(),
    summary: books.summary(),
  };
}

function withWaiver(finding: Finding, { entries, partly }: Fitting, books: Books): Finding {
  const [first] = entries;
  if (first === undefined) {
    const [near] = partly;
    return near === undefined ? finding : { ...finding, lapsed: { id: near.id, reason: FITS_PARTLY } };
  }
  const holding = entries.find((entry) => books.stateOf(entry) === 'holds');
  if (holding !== undefined) return { ...finding, waiver: toWaiver(holding) };
  return { ...finding, lapsed: { id: first.id, reason: books.whyNot(first) } };
}

const FITS_PARTLY = 'is for the message alone, and the finding also says something else';

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

/** What one entry met. */
type Met = { amount: number; critical: number; records: number; ofLicenses: number; kinds: Set<string> };

/** What each entry met, and with that how it stands. */
class Books {
  private readonly waivers: WaiverFile;
  /** Of the run. */
  private readonly findings: number;
  private readonly covered = new Map<WaiverEntry, Met>();
  /** How many findings say what an entry is for, and something else. */
  private readonly partly = new Map<WaiverEntry, number>();
  /** By id: waivers that met what is protected. */
  private readonly refused = new Map<string, Finding>();

  constructor(waivers: WaiverFile, findings: number) {
    this.waivers = waivers;
    this.findings = findings;
  }

  /** A finding without a count stands for one record. */
  meet({ rule, code, severity, count: records = 1 }: Finding, { entries, partly }: Fitting): void {
    for (const entry of partly) this.partly.set(entry, (this.partly.get(entry) ?? 0) + 1);
    for (const entry of entries) {
      const covered = getOrCreate(this.covered, entry, metNothing);
      covered.amount++;
      covered.records += records;
      if (rule.startsWith(OF_LICENSES)) covered.ofLicenses++;
      if (severity === 'critical') covered.critical++;
      covered.kinds.add(JSON.stringify([rule, code]));
    }
  }

  refuse(finding: Finding, entries: readonly WaiverEntry[]): void {
    const named = entries.map(({ id, place }) => ({ id, place }));
    if (finding.waiver !== undefined)
      named.push({ id: finding.waiver.title, place: this.waivers.protectedPlace });
    for (const { id, place } of named)
      if (!this.refused.has(id)) this.refused.set(id, refusedFinding(id, whyProtected(finding), place));
  }

  stateOf(entry: WaiverEntry): State {
    if (entry.grant === undefined || this.whyRefused(entry) !== undefined) return 'void';
    if (this.amountOf(entry) === 0 && this.refused.has(entry.id)) return 'void';
    if (entry.grant.expires < this.waivers.asOf) return 'expired';
    return this.recordsOf(entry) > (entry.grant.maxCount ?? Infinity) ? 'outgrown' : 'holds';
  }

  whyNot(entry: WaiverEntry): string {
    if (entry.flaws.length > 0) return `does not hold: ${entry.flaws[0]!.message}`;
    const refusal = this.whyRefused(entry);
    if (refusal !== undefined) return refusal;
    if (this.stateOf(entry) === 'expired') return `expired on ${formatDay(entry.grant!.expires)}`;
    return `covers at most ${count(entry.grant!.maxCount!, 'record')}, and is for ${formatNumber(this.recordsOf(entry))}`;
  }

  told(): Finding[] {
    const ofEntries = this.waivers.entries.flatMap((entry) => {
      const { id, place, flaws } = entry;
      if (flaws.length > 0) return flaws.map((flaw) => voidFinding(id, flaw));
      const refusal = this.whyRefused(entry);
      if (refusal !== undefined) return [refusedFinding(id, refusal, place)];
      const amount = this.amountOf(entry);
      const state = this.stateOf(entry);
      if (state === 'outgrown') return [outgrownFinding(entry, amount, this.recordsOf(entry))];
      return state === 'expired' && amount > 0 ? [expiredFinding(entry, amount)] : [];
    });
    return [...ofEntries, ...this.refused.values()];
  }

  notices(): Notice[] {
    const { asOf, policy } = this.waivers;
    return this.waivers.entries.flatMap((entry) => {
      const state = this.stateOf(entry);
      const amount = this.amountOf(entry);
      if (state === 'void' || state === 'outgrown') return [];
      const near = this.partly.get(entry) ?? 0;
      const partly = near > 0 && state !== 'expired' ? [partlyNotice(entry, near)] : [];
      if (amount === 0)
        return partly.length > 0 ? partly : [unusedNotice(entry, state === 'expired', this.waivers)];
      if (state === 'expired') return [];
      const isEnding = entry.grant!.expires - asOf <= policy.remind;
      return [
        ...partly,
        ...(isEnding ? [expiringNotice(entry, amount, asOf)] : []),
        ...(policy.maxAge === undefined && entry.grant!.expires - asOf > DISTANT
          ? [distantNotice(entry)]
          : []),
        ...this.broadNotices(entry),
      ];
    });
  }

  /** A rule that is named covers what its name says; a glob may cover what nobody thought of. */
  private broadNotices(entry: WaiverEntry): Notice[] {
    const { amount, critical, kinds } = this.covered.get(entry)!;
    const isGlob = entry.covers!.rules.some((rule) => /[*?]/.test(rule));
    if (isGlob && amount === this.findings && kinds.size > 1)
      return [broadNotice(entry, `all ${count(amount, 'finding')} of the run`)];
    if (kinds.size > BROAD_KINDS) return [broadNotice(entry, `findings of ${count(kinds.size, 'kind')}`)];
    if (isGlob && critical > 0)
      return [broadNotice(entry, `${count(critical, 'critical finding')} by a glob`)];
    const isMany = amount > BROAD && this.waivers.policy.maxFindings === undefined;
    return isMany ? [broadNotice(entry, count(amount, 'finding'))] : [];
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
      outgrown: amount('outgrown'),
      void: amount('void'),
    };
  }

  private amountOf(entry: WaiverEntry): number {
    return this.covered.get(entry)?.amount ?? 0;
  }

  private recordsOf(entry: WaiverEntry): number {
    return this.covered.get(entry)?.records ?? 0;
  }

  /** Of an entry that is well made: why it cannot hold for what it was found to be for. */
  private whyRefused(entry: WaiverEntry): string | undefined {
    const { maxFindings = Infinity } = this.waivers.policy;
    const { amount = 0, ofLicenses = 0 } = this.covered.get(entry) ?? {};
    if (amount > maxFindings)
      return `is for ${count(amount, 'finding')}, and the policy allows ${count(maxFindings, 'finding')}`;
    if (entry.grant?.maxCount === undefined || ofLicenses === 0) return undefined;
    return 'bounds by "maxCount" what is no number of records: match the message of a license, which says how many were used';
  }
}

function metNothing(): Met {
  return { amount: 0, critical: 0, records: 0, ofLicenses: 0, kinds: new Set() };
}
