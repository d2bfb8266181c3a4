/** Judges how many sessions, or users, of one group overlap; on the sessionizer that licenses use. */
import { getOrCreate } from '../base/get-or-create.ts';
import { formatDuration, type Instant } from '../base/instant.ts';
import { ONE, toNumber } from '../licenses/contract/amount.ts';
import { PeakTracker } from '../licenses/measures/peak.ts';
import { RepeatedSeats } from '../licenses/use/repeated-seats.ts';
import type { SessionEvent } from '../licenses/use/session.ts';
import { Sessions } from '../licenses/use/sessions.ts';
import type { Mark } from '../model/mark.ts';
import { type Coverage, type Group, type Judgement, MAX_RELATED } from '../model/relation.ts';
import { MAX_TOLD, tellFiles, toldPlaces } from '../model/told-places.ts';
import { CutOffSessions } from './cut-off-sessions.ts';
import { isSameEvent, leftOutJudgement } from './episode.ts';
import { Excess } from './excess.ts';
import { isNamed, SessionKeys, toSessionEvent } from './marked-session.ts';
import {
  type ConcurrencyPlan,
  describe,
  type GroupPeak,
  hasUnnamed,
  holdersOf,
  isOfClosesAlone,
  NO_DOUBTS,
  type OpenDoubts,
  reasons,
} from './session-peak.ts';
import { UNDATED } from './undated.ts';

const CLOSED_MORE = 'closed more than the log shows to be opened: nobody knows how many were open before';

/** One judgement a group: its peak. A peak that only doubts lift above what is allowed is undetermined. */
export function* judgeOpenSessions(
  plan: ConcurrencyPlan,
  group: Group,
  marks: Iterable<Mark>,
  coverage: Coverage,
): Generator<Judgement> {
  let run: Run | undefined;
  const keys = new SessionKeys();
  const untimed: Mark[] = [];
  let untimedCount = 0;
  let repeats = 0;
  /** Of the event at hand, how often each session came; most events have one. */
  const members = new Map<string | undefined, number>();
  let first: Mark | undefined;
  let last: Instant | undefined;
  let closes = 0;
  /** Whether something was opened, or some close says the value that is counted. */
  let isKnown = false;
  let previous: { mark: Mark; opens: boolean } | undefined;
  for (const mark of marks) {
    const opens = mark.step < plan.opens;
    const isAgain = previous?.opens === opens && isSameEvent(previous.mark, mark);
    // One event that matches two rules is one event; through one rule it comes once for each of its values.
    if (isAgain && previous!.mark.step !== mark.step) continue;
    if (!isAgain && members.size > 0) members.clear();
    previous = { mark, opens };
    if (mark.isSecond === true && isNamed(mark, plan)) continue;
    if (mark.time === undefined) {
      if (!opens) continue;
      untimedCount++;
      if (isTold(untimed, mark)) untimed.push(mark);
      continue;
    }
    run ??= startRun(plan, mark.time, coverage);
    first ??= mark;
    const event = toSessionEvent(mark, mark.time, plan, keys);
    if (!opens) closes++;
    isKnown ||= opens || event.share !== undefined;
    run.repeats.advance(mark.time, run.advance);
    if (mark.isSecond === true) {
      takeRepeat(run, event, opens);
      if (opens) repeats++;
    } else if (opens) {
      const member = again(members, event.key);
      // Only of values that are counted is the same session more than one.
      if (member === 0 || plan.counts === 'value') {
        openOf(run, event, member);
        run.excess.open(mark);
      }
    } else closeOf(run, event);
    last = mark.time;
  }
  if (run === undefined || last === undefined) {
    const nothing = { amount: 0n, at: undefined, witnesses: [] };
    const peak = { lower: nothing, upper: { ...nothing, amount: BigInt(untimedCount) * ONE }, ...NO_DOUBTS };
    const judgement = conclude(plan, group, peak, untimed, { untimed: untimedCount, repeats, closedLate: 0 });
    if (judgement === undefined) return;
    yield coverage === undefined
      ? leftOutJudgement(untimed[0]!, group, judgement, { why: UNDATED, events: untimedCount })
      : judgement;
    return;
  }
  const until = coverage !== undefined && coverage.until > last ? coverage.until : last;
  run.repeats.advance(until, run.advance);
  run.sessions.advance(until);
  // Beyond it by the least time there is: what is open at the last instant stays for that long.
  const peaks = run.tracker.finish(until + 1n, plan.timeout !== undefined, BigInt(untimedCount) * ONE);
  const peak = peaks[run.inForce];
  // A peak that doubts alone make need not have a session that is known to be open at it.
  const otherwise = untimedCount > 0 ? untimed : [first!];
  const doubts = { untimed: untimedCount, repeats, closedLate: run.cutOff?.closedLate ?? 0 };
  const judgement = peak && withOthers(conclude(plan, group, peak, otherwise, doubts), run.excess);
  if (judgement === undefined) {
    // Had the rule not cut them off, they might have been too many.
    const { closedLate } = doubts;
    if (peak === undefined || closedLate === 0 || toNumber(peak.upper.amount) + closedLate <= plan.allowed)
      return;
    const why = `they close sessions that ran longer than ${formatDuration(plan.timeout!)}, which the rule cuts off`;
    const said = { verdict: 'undetermined', code: plan.code } as const;
    yield leftOutJudgement(first!, group, said, { why, events: closedLate });
    return;
  }
  if (plan.counts === 'value' && !isKnown && untimedCount === 0) {
    // A source that never says the value would have a finding for each of its groups, and be asked about none.
    const why = `they close what the log does not show to be opened, and do not say "${plan.counted}"`;
    yield leftOutJudgement(first!, group, judgement, { why, events: closes });
    return;
  }
  // Of the peak alone it would be too short: what a waiver covers must be all that exceeds.
  const span = { from: first!.time!, until: peak!.neverReturned > 0 ? until : last };
  yield untimedCount > 0 ? judgement : { ...judgement, span };
}

/** The session of an open that repeats another is a doubt, and a close that repeats another may be of either. */
function takeRepeat({ sessions, repeats }: Run, event: SessionEvent, opens: boolean): void {
  sessions.advance(event.at);
  if (opens) repeats.checkOut(event);
  else if (!repeats.checkIn(event) && sessions.isOpen(event)) {
    sessions.checkIn(event);
    repeats.checkOut(event);
  }
}

/**
 * `inForce`: the segment of time in which the rule is; none where it ended before. `repeats`: sessions of records that repeat
 * others. `members`: by session, the keys of those that stand for further values of its opens.
 */
type Run = {
  excess: Excess;
  members: Map<string | undefined, Set<string>>;
  repeats: RepeatedSeats;
  sessions: Sessions;
  advance: (at: Instant) => void;
  tracker: PeakTracker;
  /** Where sessions end by themselves. */
  cutOff: CutOffSessions | undefined;
  inForce: number;
};

/** The sentence and the places are of the peak: of who was too many at another time they say nothing. */
function withOthers(judgement: Judgement | undefined, excess: Excess): Judgement | undefined {
  if (judgement === undefined || excess.involved <= judgement.count) return judgement;
  const related = [...judgement.related];
  tellFiles(judgement.place, related, excess.places);
  return { ...judgement, related, moreSaid: true, besides: [String(excess.involved)] };
}

/** How often the key came before. */
function again(members: Map<string | undefined, number>, key: string | undefined): number {
  const before = members.get(key) ?? 0;
  members.set(key, before + 1);
  return before;
}

/** The first ones, and one of each further file: a waiver of a file must know of all. */
function isTold(told: readonly Mark[], { place }: Mark): boolean {
  return (
    told.length <= MAX_RELATED ||
    (told.length < MAX_TOLD && told.every((each) => each.place.file !== place.file))
  );
}

/** `member`: which of the values of its event and session it stands for. */
function openOf({ sessions, members }: Run, event: SessionEvent, member: number): void {
  if (member === 0) {
    sessions.checkOut(event);
    return;
  }
  const key = JSON.stringify([event.key, member]);
  getOrCreate(members, event.key, () => new Set<string>()).add(key);
  sessions.checkOut({ ...event, key });
}

/** A close ends all values of its session. */
function closeOf({ sessions, members }: Run, event: SessionEvent): void {
  sessions.checkIn(event);
  for (const key of members.get(event.key) ?? []) {
    const own = { ...event, key };
    if (sessions.isOpen(own)) sessions.checkIn(own);
  }
}

function startRun({ rule, allowed, timeout }: ConcurrencyPlan, first: Instant, coverage: Coverage): Run {
  const begin = coverage !== undefined && coverage.from < first ? coverage.from : first;
  const { from = begin, to } = rule.effective ?? {};
  const turns = [from, to].filter((turn) => turn !== undefined && turn > begin) as Instant[];
  const proofAbove = BigInt(Math.max(0, allowed)) * ONE;
  const excess = new Excess(proofAbove);
  const tracker = new PeakTracker(
    [begin, ...turns].map((turn) => ({ from: turn, proofAbove })),
    excess.stay,
  );
  const options = { linger: 0n, ...(timeout !== undefined && { timeout }) };
  const cutOff = timeout === undefined ? undefined : new CutOffSessions(tracker);
  const sessions = new Sessions(options, cutOff ?? tracker);
  return {
    tracker,
    excess,
    members: new Map(),
    repeats: new RepeatedSeats(options, (by, at) => tracker.doubt(by, at)),
    inForce: to !== undefined && to <= begin ? -1 : from > begin ? 1 : 0,
    sessions,
    cutOff,
    advance: (at) => sessions.advance(at),
  };
}

/** `otherwise`: marks that stand for the peak where it has no witnesses. */
function conclude(
  plan: ConcurrencyPlan,
  group: Group,
  peak: GroupPeak,
  otherwise: readonly Mark[],
  doubts: OpenDoubts,
): Judgement | undefined {
  const { lower, upper, doubtful } = peak;
  const [least, most] = [toNumber(lower.amount), toNumber(upper.amount)];
  const proven = least > plan.allowed;
  if (!proven && most <= plan.allowed) return undefined;
  const shown = proven ? lower : upper;
  const witnesses = proven || doubtful.length === 0 ? shown.witnesses : doubtful;
  const [place, ...related] = (witnesses.length > 0 ? witnesses : otherwise).map((each) => each.place);
  const [holder = otherwise[0]!.subject, ...holders] = holdersOf(shown);
  const subject = group.length > 0 ? group.join(', ') : holders.length === 0 ? holder : undefined;
  return {
    verdict: proven ? 'violation' : 'undetermined',
    code: plan.code,
    message: `${describe(plan, group, shown, least, most)}${proven ? '' : `: ${reasons(plan, peak, doubts)}`}`,
    ...(hasUnnamed(plan, shown) && { moreSaid: true as const }),
    place: place!,
    related: toldPlaces(place!, related),
    count: toNumber(shown.amount),
    ...(subject !== undefined && { subject }),
    ...(!proven && isOfClosesAlone(peak, doubts) && { alike: CLOSED_MORE }),
    identity: [...group, shown.witnesses[0]?.origin.identity ?? otherwise[0]!.identity],
  };
}
