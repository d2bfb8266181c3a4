/** The statement of licenses: verdicts of the report, figures of each license, and what they stand on. Every format renders it. */
import { compareText } from '../../base/text-safety.ts';
import type { Contract, License } from '../../licenses/contract/contract.ts';
import type { LicenseCode } from '../../licenses/verdict/license-findings.ts';
import type { Finding } from '../../model/finding.ts';
import type { LicenseFigures, PeriodFigures, WitnessSession } from '../../model/license-figures.ts';
import { whyUseMayLack } from '../../model/open-use.ts';
import type { Place } from '../../model/place.ts';
import type { Assurance, InputSummary, LicenseSummary, Report, StreamRange } from '../../model/report.ts';
import { whyNoPeriod } from '../../report/parts/period-words.ts';

const STATEMENT_SCHEMA = 'audit-check/license-statement/v1';

/** `overage`: beyond the quantity, and within what the contract tolerates. */
type StatementVerdict = 'within' | 'overage' | 'exceeded' | 'undetermined';

/** One period of the contract. The bounds are null where no figure could be made, as when no event had a time. */
export type StatementPeriod = {
  period: string;
  verdict: StatementVerdict;
  reason: string | null;
  lower: number | null;
  upper: number | null;
  at: string | null;
  /** The quantity that the verdict was drawn by; null: unlimited or unknown. */
  limit: number | null;
  limits: PeriodFigures['limits'];
  spanned: number | null;
  holders: string[];
  /** The sessions that prove it, or the records that keep it open. */
  places: Place[];
};

/** Where a record stands among those that vouch for each other; null where nothing does. */
type ChainPosition = { stream: string; profile: string; assurance: Assurance } | null;

export type WitnessInChain = WitnessSession & { chain: ChainPosition };

export type LicenseEntry = Omit<LicenseFigures, 'periods' | 'peak'> & {
  sentence: string;
  verdict: StatementVerdict;
  periods: StatementPeriod[];
  peak: (Omit<NonNullable<LicenseFigures['peak']>, 'sessions'> & { sessions: WitnessInChain[] }) | null;
  findings: StatementFinding[];
};

export type StatementFinding = {
  code: string;
  verdict: Finding['verdict'];
  severity: Finding['severity'];
  message: string;
  place: Place;
  related: Place[];
};

export type Statement = {
  schema: typeof STATEMENT_SCHEMA;
  tool: { name: string; version: string };
  generated: string | null;
  contract: {
    id: string;
    licensor: string | null;
    file: string;
    timezone: string;
    term: { from: string | null; until: string } | null;
    /** The day the contract is taken as it stood on. */
    asOf: string | null;
    /** Of later days, and so left out. */
    laterQuantities: number;
  };
  /** `uncovered`: no license was exceeded, and something was used that none covers. */
  verdict: StatementVerdict | 'uncovered' | 'incomplete';
  /** Why it is incomplete. */
  incomplete: string | null;
  licenses: LicenseEntry[];
  /** Use that no license covers. */
  uncovered: StatementFinding[];
  evidence: {
    period: { from: string; until: string } | null;
    /** Null where there is a period. */
    whyNoPeriod: string | null;
    /** What to do about times that state no zone; null where there are none. */
    zoneNeeded: string | null;
    records: Report['summary']['records'];
    files: Pick<InputSummary, 'file' | 'bytes' | 'sha256' | 'source' | 'status' | 'records'>[];
    assurance: Partial<Record<Assurance, number>>;
    /** What else was found in the files: chains that broke, records that could not be read. */
    findings: StatementFinding[];
    /** What is remarked of the run: fields that the contract names and no record carries, records without a chain. */
    notices: StatementNotice[];
  };
};

export type StatementNotice = { code: string; message: string; place: Place | null };

export type AsOf = { date: string; left: number };

export function toStatement(
  report: Report,
  contract: Contract,
  asOf: AsOf | undefined,
  zoneNeeded: string | undefined,
): Statement {
  const incomplete = whyUseMayLack({ ...report, isIncomplete: report.summary.verdict === 'incomplete' });
  const licenses = contract.licenses.map((license) => toEntry(report, license));
  const uncovered = report.findings.filter(({ code }) => code === 'unlicensed-use').map(toFinding);
  const own = new Set(contract.licenses.map(({ id }) => `license:${id}`));
  const others = report.findings.filter(({ rule, code }) => !own.has(rule) && code !== 'unlicensed-use');
  const { id, licensor = null, file, timezone, term } = contract;
  return {
    schema: STATEMENT_SCHEMA,
    tool: { name: report.tool.name, version: report.tool.version },
    generated: report.generated ?? null,
    contract: {
      id,
      licensor,
      file,
      timezone,
      term: term === undefined ? null : { from: term.from?.text ?? null, until: term.until.text },
      asOf: asOf?.date ?? null,
      laterQuantities: asOf?.left ?? 0,
    },
    verdict: incomplete === undefined ? verdictOfAll(licenses, uncovered.length > 0) : 'incomplete',
    incomplete: incomplete ?? null,
    licenses,
    uncovered,
    evidence: {
      period: report.summary.period,
      whyNoPeriod: report.summary.period === null ? whyNoPeriod(report) : null,
      zoneNeeded: zoneNeeded ?? null,
      records: report.summary.records,
      files: report.inputs.map(({ file: name, bytes, sha256, source, status, records }) => ({
        file: name,
        bytes,
        sha256,
        source,
        status,
        records,
      })),
      assurance: report.summary.assurance ?? {},
      findings: others.map(toFinding),
      notices: report.notices.flatMap(({ code, message, place = null }) =>
        code === CHECK_LEFT_OUT ? [] : [{ code, message, place }],
      ),
    },
  };
}

/** The command leaves out what does not speak of licenses, whatever the log. */
const CHECK_LEFT_OUT = 'check-left-out';

function verdictOfAll(
  licenses: readonly { verdict: StatementVerdict }[],
  uncovered: boolean,
): Statement['verdict'] {
  const worst = worstOf(licenses);
  return uncovered && worst !== 'exceeded' ? 'uncovered' : worst;
}

function worstOf(licenses: readonly { verdict: StatementVerdict }[]): StatementVerdict {
  if (licenses.some(({ verdict }) => verdict === 'exceeded')) return 'exceeded';
  if (licenses.some(({ verdict }) => verdict === 'undetermined')) return 'undetermined';
  return licenses.some(({ verdict }) => verdict === 'overage') ? 'overage' : 'within';
}

function toEntry(report: Report, license: License): LicenseEntry {
  const figures = report.figures?.find((each) => each.license === license.id);
  if (figures === undefined) throw new Error(`no figures were made of the license ${license.id}`);
  const rows = report.licenses.filter((row) => row.license === license.id);
  const findings = report.findings.filter(({ rule }) => rule === `license:${license.id}`).map(toFinding);
  const verdicts: StatementVerdict[] = [
    ...rows.map(({ verdict }) => verdict),
    ...findings.flatMap((each) => verdictOfFinding(each) ?? []),
  ];
  const { peak, periods, ...rest } = figures;
  const chainOf = chainFinder(report);
  return {
    ...rest,
    sentence: license.measure.sentence,
    // Without a row nothing was judged, and that is no "within".
    verdict:
      rows.length === 0
        ? worstOf([{ verdict: 'undetermined' }, ...verdicts.map(toVerdict)])
        : worstOf(verdicts.map(toVerdict)),
    periods: rows
      .toSorted((a, b) => compareText(a.period, b.period))
      .map((row) =>
        toPeriod(
          row,
          periods.find(({ period }) => period === row.period),
        ),
      ),
    peak:
      peak === null
        ? null
        : { ...peak, sessions: peak.sessions.map((each) => ({ ...each, chain: chainOf(each.opened) })) },
    findings,
  };
}

/** What was found beside what the periods tell: devices, countries, teams, use outside the term. */
export function besidePeriods({ findings }: LicenseEntry): StatementFinding[] {
  return findings.filter(({ code, verdict }) => verdict !== 'satisfied' && !OF_PERIODS.has(code));
}

const OF_PERIODS: ReadonlySet<string> = new Set<LicenseCode>([
  'seats-exceeded',
  'users-exceeded',
  'quantity-exceeded',
  'overage-used',
  'evidence-missing',
  'license-undetermined',
  'license-unseen',
]);

/** What a finding says of the use itself: `undefined` where it tells only what the evidence of it is like. */
function verdictOfFinding({ verdict, code }: StatementFinding): StatementVerdict | undefined {
  if (REMARKS.has(code)) return undefined;
  if (verdict !== 'violation' || DOUBTS.has(code)) return 'undetermined';
  // Use in overage is a finding, and no breach.
  return code === 'overage-used' ? 'overage' : 'exceeded';
}

/** The figures stand: what they were made of came late, or its time began before the log. */
const REMARKS: ReadonlySet<string> = new Set<LicenseCode>(['late-use', 'evidence-not-kept']);

/** The figures may be too low, or are not proven. */
const DOUBTS: ReadonlySet<string> = new Set<LicenseCode>(['counts-disagree', 'evidence-missing']);

function toVerdict(verdict: StatementVerdict): { verdict: StatementVerdict } {
  return { verdict };
}

function toPeriod(row: LicenseSummary, figures: PeriodFigures | undefined): StatementPeriod {
  return {
    period: row.period,
    verdict: row.verdict,
    reason: row.reason ?? null,
    lower: figures?.lower ?? null,
    upper: figures?.upper ?? null,
    at: figures?.at ?? row.at,
    limit: row.limit,
    limits: figures?.limits ?? [],
    spanned: figures?.spanned ?? null,
    holders: row.holders,
    places: row.places,
  };
}

function toFinding({ code, verdict, severity, message, place, related = [] }: Finding): StatementFinding {
  return { code, verdict, severity, message, place, related };
}

/** Which range of which stream holds a record. Files stand in the report in the order in which they were read. */
function chainFinder({ streams, inputs }: Report): (place: Place) => ChainPosition {
  const order = new Map(inputs.map(({ file }, index) => [file, index]));
  const compare = (left: Place, right: Place) =>
    (order.get(left.file) ?? -1) - (order.get(right.file) ?? -1) || left.offset - right.offset;
  const holds = ({ from, until }: StreamRange, place: Place) =>
    compare(from, place) <= 0 && compare(place, until) <= 0;
  return (place) => {
    for (const { stream, profile, ranges } of streams) {
      if (profile === null) continue;
      const range = ranges.find((each) => holds(each, place));
      if (range !== undefined) return { stream, profile, assurance: range.assurance };
    }
    return null;
  };
}
