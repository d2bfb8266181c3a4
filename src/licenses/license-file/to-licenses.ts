/**
 * Lines of license files as licenses of a contract: one for each feature, for a check-out names the feature and not the pool
 * that served it. What the pools leave open is said with the license, and then keeps its verdicts open.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import { compareText } from '../../base/text-safety.ts';
import type { LocalDate } from '../../base/time-zone.ts';
import { ONE } from '../contract/amount.ts';
import type {
  ContractDate,
  License,
  Measure,
  OpenTerms,
  QuantityEntry,
  ShareKey,
  Term,
} from '../contract/contract.ts';
import { graceMoved } from '../contract/grace.ts';
import { compareDecimalVersions } from '../contract/versions.ts';
import { compareDays } from './dates.ts';
import type { DupGroup, FeatureLine } from './feature-line.ts';
import { featureSteps, type Step } from './feature-steps.ts';
import type { Options } from './options-lines.ts';
import { type Supersession, supersessions } from './supersession.ts';

type Plan = {
  options: Options;
  /** Whether lines of different VENDOR_STRING are counted apart: the vendor decides. Undefined: we do not know. */
  poolByVendorString: boolean | undefined;
  measure: Measure;
  /** Of the contract: for lines that never expire, and its grace for all. */
  term: Term | undefined;
  /** Of the contract. */
  zone: string;
  /** The first instant of a day in the zone. */
  toDate: (day: LocalDate) => ContractDate;
  /** Of what has no beginning: before every event that is read. */
  ever: ContractDate;
  /** Where the contract names the files. */
  line: number;
};

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_HOUR = 3600n * NANOS_PER_SECOND;
/** How many lines a quantity names. */
const NAMED_LINES = 4;

/** In the order in which the features first stand in the files. */
export function toLicenses(lines: readonly FeatureLine[], plan: Plan): License[] {
  const superseded = supersessions(lines);
  const features = new Map<string, FeatureLine[]>();
  for (const line of lines) getOrCreate(features, line.feature.toLowerCase(), () => []).push(line);
  return [...features.values()].flatMap((each) => toLicense(each, superseded, plan) ?? []);
}

/** Undefined where no line ever grants anything. */
function toLicense(
  lines: readonly FeatureLine[],
  superseded: ReadonlyMap<FeatureLine, Supersession>,
  plan: Plan,
): License | undefined {
  const name = lines[0]!.feature;
  const maxOverdraft = plan.options.maxOverdraft.get(name.toLowerCase());
  const steps = featureSteps(lines, { superseded, ...(maxOverdraft !== undefined && { maxOverdraft }) });
  const granted = [...new Set(steps.flatMap((step) => step.lines))];
  if (granted.length === 0) return undefined;
  const { share, doubt } = shareOf(granted);
  const term = termOf(steps, granted, plan);
  const open = openTerms(steps, superseded, doubt, plan);
  const version = granted
    .map((line) => line.version)
    .reduce((a, b) => (compareDecimalVersions(a, b) >= 0 ? a : b));
  const seconds = [plan.options.linger.get(name.toLowerCase()) ?? 0, ...granted.map(({ linger }) => linger)];
  const hours = granted.flatMap(({ borrow }) => borrow ?? []);
  return {
    id: name,
    line: plan.line,
    covers: {
      features: [name],
      meters: [],
      version: { comparison: '<=', version, decimal: true },
    },
    measure: plan.measure,
    share,
    linger: BigInt(Math.max(...seconds)) * NANOS_PER_SECOND,
    missingCheckin: 'keep-open',
    ...(hours.length > 0 && { borrow: BigInt(Math.max(...hours)) * NANOS_PER_HOUR }),
    unlimited: false,
    quantity: quantityOf(steps, plan),
    reserve: [],
    ...(term && { term }),
    ...(open && { open }),
  };
}

/** What begins with nothing or ends with nothing is the term's to tell; a gap between grants is a quantity of 0. */
function quantityOf(steps: readonly Step[], plan: Plan): QuantityEntry[] {
  const first = steps.findIndex(({ lines }) => lines.length > 0);
  const last = steps.findLastIndex(({ lines }) => lines.length > 0);
  return steps.slice(first, last + 1).map(({ from, seats, lines }): QuantityEntry => {
    const entry: QuantityEntry = {
      from: from === undefined ? plan.ever : plan.toDate(from),
      verb: 'set',
      amount: typeof seats === 'number' ? BigInt(seats) * ONE : seats === 'unlimited' ? seats : 0n,
    };
    if (lines.length > 0) entry.by = placesOf(lines);
    return entry;
  });
}

/** `license.dat:4, 7 and 2 more` */
function placesOf(lines: readonly FeatureLine[]): string {
  const named = lines
    .toSorted((left, right) => compareText(left.file, right.file) || left.line - right.line)
    .slice(0, NAMED_LINES)
    .map(({ file, line }, index, all) => (all[index - 1]?.file === file ? String(line) : `${file}:${line}`));
  const more = lines.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The license ends with its last line, at the start of the printed day. */
function termOf(steps: readonly Step[], granted: readonly FeatureLine[], plan: Plan): Term | undefined {
  const last = steps.findLastIndex(({ lines }) => lines.length > 0);
  const end = steps[last + 1]?.from;
  if (end === undefined) return plan.term;
  const starts = granted.map(({ start }) => start).filter((day) => day !== undefined);
  const begin = starts.length < granted.length ? undefined : starts.toSorted(compareDays)[0];
  const from = begin === undefined ? plan.term?.from : plan.toDate(begin);
  const until = plan.toDate(end);
  return { ...(from && { from }), until, ...graceMoved(until.instant, plan.term, plan.zone) };
}

/**
 * DUP_GROUP: sessions of one user, one host, or both count once. No event names the display or what a vendor defines: then
 * every session counts, which is too many rather than too few.
 */
function shareOf(granted: readonly FeatureLine[]): { share: ShareKey[]; doubt?: string } {
  const groups = new Set(
    granted.filter(({ dupGroup }) => dupGroup !== 'SITE').map(({ dupGroup }) => textOf(dupGroup)),
  );
  if (groups.size > 1)
    return {
      share: [],
      doubt: `its lines share seats by ${[...groups].join(' and ')}, so that each session was counted`,
    };
  const [group = 'NONE'] = groups;
  if (group === 'NONE') return { share: [] };
  if (/[DV]/.test(group))
    return {
      share: [],
      doubt: `DUP_GROUP=${group} asks for more than user and host, so that each session was counted`,
    };
  return {
    share: [
      ...(group.includes('U') ? ['person' as const] : []),
      ...(group.includes('H') ? ['host' as const] : []),
    ],
  };
}

function textOf(group: DupGroup): string {
  return typeof group === 'string' ? group : group.join('');
}

function openTerms(
  steps: readonly Step[],
  superseded: ReadonlyMap<FeatureLine, Supersession>,
  sharing: string | undefined,
  { options, poolByVendorString }: Plan,
): OpenTerms | undefined {
  const exceeded = sharing === undefined ? [] : [sharing];
  const within: string[] = [];
  const lines = steps.flatMap((step) => step.lines);
  const locked = steps.flatMap((step) => step.locked);
  if (locked.length > 0)
    exceeded.push(
      `${placesOf([...new Set(locked)])} grants uncounted use on one host, which events do not tell apart`,
    );
  const undated = [...new Set(lines)].filter((line) => superseded.get(line)?.isUndated);
  if (undated.length > 0) exceeded.push(`${placesOf(undated)} has no ISSUED= and is taken to be superseded`);
  const lingers = new Set(lines.map(({ linger }) => linger));
  if (lingers.size > 1)
    exceeded.push('its lines let seats linger for different times, of which the longest was taken');
  if (new Set(lines.flatMap(({ borrow }) => borrow ?? [])).size > 1)
    exceeded.push('its lines lend seats for different times, of which the longest was taken');
  const pools = steps.map((step) => seatsByPool(step, poolByVendorString));
  const most = Math.max(...pools.map(({ size }) => size));
  if (most > 1)
    within.push(
      `its seats lie in ${most} pools that are counted apart, and no event tells which of them served it`,
    );
  const named = lines.find(({ pooling }) => pooling.has('USER_BASED') || pooling.has('HOST_BASED'));
  if (named !== undefined) {
    const word = named.pooling.has('USER_BASED') ? 'USER_BASED' : 'HOST_BASED';
    within.push(`${word} (${placesOf([named])}) limits it to those whom an options file names`);
  }
  if (options.unlogged.has('OUT')) within.push('NOLOG OUT keeps check-outs out of the log');
  if (options.unlogged.has('IN')) exceeded.push('NOLOG IN keeps check-ins out of the log');
  if (exceeded.length + within.length === 0) return undefined;
  // What fits into the smallest pool fits into every one.
  const upTo = Math.min(...pools.flatMap((each) => [...each.values()]));
  const isByPoolsAlone = within.length === 1 && most > 1 && Number.isFinite(upTo);
  return { exceeded, within, ...(isByPoolsAlone && { upTo: BigInt(upTo) * ONE }) };
}

/** Without what may be overdrawn. */
function seatsByPool({ lines }: Step, poolByVendorString: boolean | undefined): Map<string, number> {
  const pools = new Map<string, number>();
  for (const line of lines) {
    const pool = poolOf(line, poolByVendorString);
    const seats = line.count === 'uncounted' ? Number.POSITIVE_INFINITY : line.count;
    pools.set(pool, (pools.get(pool) ?? 0) + seats);
  }
  return pools;
}

/** Lines pool together if these are equal. Where we do not know about VENDOR_STRING, they count as apart. */
function poolOf(
  { feature, vendor, version, pooling }: FeatureLine,
  poolByVendorString: boolean | undefined,
): string {
  const properties = [...pooling]
    .filter(([name]) => name !== 'VENDOR_STRING' || poolByVendorString !== false)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([feature.toLowerCase(), vendor.toLowerCase(), version.toLowerCase(), properties]);
}
