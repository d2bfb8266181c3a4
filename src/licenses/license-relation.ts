/**
 * The relation of one license: folds its use through the measure and its clauses, and concludes for each period.
 * All that one mark may say passes here once, so one file of 270 lines.
 */

import type { Instant } from '../base/instant.ts';
import { EARLIEST, LATEST } from '../base/time-zone.ts';
import type { Mark } from '../model/mark.ts';
import type { Coverage, Judgement, Relation, TellFigures } from '../model/relation.ts';
import type { StatementOptions } from '../model/request.ts';
import { ExcludedUse } from './clauses/excluded-use.ts';
import { startWatchers, withCommitted } from './clauses/index.ts';
import { judgeKeeping } from './clauses/kept-evidence.ts';
import { judgePeriods } from './clauses/period-verdicts.ts';
import { Reassignments } from './clauses/reassignments.ts';
import { TermBreaches } from './clauses/term-breaches.ts';
import { undated, unseen } from './clauses/unmeasured-use.ts';
import type { Contract, License } from './contract/contract.ts';
import { compileTeams } from './contract/people.ts';
import { clamp } from './contract/periods.ts';
import { Doubts, type MeasureFold } from './measures/measure-fold.ts';
import { segmentsOf, startMeasure } from './measures/start-measure.ts';
import { type Unlisted, withUnlisted } from './measures/unlisted-use.ts';
import { withSilentServers } from './silent-servers.ts';
import { LicenseStatement } from './statement/license-statement.ts';
import { holderOf, type LicenseUse, type ServerRestart } from './use/license-use.ts';
import { RenamedSessions } from './use/renamed-sessions.ts';
import { isTimed } from './use/timed-use.ts';
import { UseReader } from './use/use-reader.ts';
import type { UseStep } from './use/use-steps.ts';
import type { UseWatcher } from './use/use-watcher.ts';
import type { PeriodContext } from './verdict/period-verdict.ts';
import { selfCheckJudgements } from './verdict/self-check-judgement.ts';

/** `steps`: what each input is, and the id of its detection. */
export function licenseRelation(
  contract: Contract,
  license: License,
  steps: readonly (UseStep & { detection: string })[],
  statement?: StatementOptions,
): Relation {
  const reader = new UseReader(contract, license, steps);
  function* judge(marks: Iterable<Mark>, coverage: Coverage, tell?: TellFigures): Generator<Judgement> {
    reader.latest = coverage?.latest ?? LATEST;
    const judging = new LicenseJudging(contract, license, reader, coverage, statement);
    for (const mark of marks) judging.take(mark);
    yield* judging.finish(tell);
    if (license === contract.licenses[0]) yield* judgeKeeping(contract, coverage);
  }
  return {
    inputs: steps.map(({ detection, kind }) => ({
      detection,
      groupBy: [],
      values: kind === 'denied' ? reader.denialValues : reader.values,
      takesSeveral: true,
    })),
    isOfItsSources: true,
    takesSeconds: true,
    judge: (_, marks, coverage, tell) => judge(marks, coverage, tell),
    judgeNothing: (coverage, tell) => judge([], coverage, tell),
  };
}

/** What stands over segments of time, which are known with the first use. */
type Started = { fold: MeasureFold; watchers: readonly UseWatcher[] };

/** Other events say the same again, however often. */
const SECOND_KINDS: ReadonlySet<LicenseUse['kind']> = new Set(['open', 'close', 'use']);

class LicenseJudging {
  private readonly contract: Contract;
  private readonly license: License;
  private readonly reader: UseReader;
  private readonly coverage: Coverage;
  private readonly statement: LicenseStatement | undefined;
  /** These see more than use, or what comes before it. */
  private readonly breaches: TermBreaches;
  private readonly excluded: ExcludedUse;
  private readonly reassignments: Reassignments | undefined;
  /** Names that stand for others from a date on, and what is open then. */
  private readonly turns: RenamedSessions;
  private started: Started | undefined;
  /** Where several servers write logs: those that speak of the license. */
  private readonly files = new Set<string>();
  /** Records that name more people or things than one record can be taken apart for. */
  private readonly unlisted: Unlisted[] = [];
  /** Whether anything was used: a refusal starts the measure, and is no use. */
  private used = false;
  private readonly untimed = new Doubts();
  private first: Instant | undefined;
  private last: Instant | undefined;

  constructor(
    contract: Contract,
    license: License,
    reader: UseReader,
    coverage: Coverage,
    options: StatementOptions | undefined,
  ) {
    this.contract = contract;
    this.license = license;
    this.reader = reader;
    this.coverage = coverage;
    this.statement = options && new LicenseStatement(contract, license, options, coverage);
    this.breaches = new TermBreaches(license);
    this.excluded = new ExcludedUse(license);
    this.reassignments =
      license.reassign && new Reassignments(license, license.reassign, contract.timezone, coverage);
    this.turns = new RenamedSessions(contract.people, (mark) => reader.read(mark, coverage?.logs));
  }

  /** In order of time, those without one first. */
  take(mark: Mark): void {
    if (mark.several === undefined) this.takeOne(mark);
    else this.takeSeveral(mark, mark.several);
  }

  private takeSeveral(mark: Mark, several: readonly number[]): void {
    const marks = this.reader.each(mark, several);
    for (const each of marks ?? []) this.takeOne(each);
    if (marks !== undefined) return;
    this.start(mark);
    this.used = true;
    this.unlisted.push({ place: mark.place, takesAway: this.reader.takesAway(mark) });
    if (mark.time === undefined) return;
    this.first ??= mark.time;
    this.last = mark.time;
  }

  private takeOne(mark: Mark): void {
    const use = this.reader.read(mark, this.coverage?.logs);
    if (use !== undefined && this.coverage?.logs !== undefined) this.files.add(mark.place.file);
    if (use !== undefined && isTimed(use)) this.turn(use.time);
    if (mark.isSecond === true) this.takeSecond(use);
    else if (use === undefined) this.takeOther(mark);
    else if (use.kind === 'cancel') this.cancel(use);
    else if (use.excluded || use.kind === 'denied') this.takeUncounted(use, mark);
    else this.takeUse(use, mark);
  }

  /**
   * A record that repeats another may be of a second use. Of sums and seats that would be more; people stay as many, and so do
   * seats that are shared, or named by their session.
   */
  private takeSecond(use: LicenseUse | undefined): void {
    if (use === undefined || use.excluded || !SECOND_KINDS.has(use.kind)) return;
    const { what } = this.license.measure.count;
    const isMore =
      what === 'seats' ? !use.named && use.share === undefined : what === 'sum' || what === 'events';
    if (!isMore) return;
    const { fold } = this.start(use);
    const second = { ...use, isSecond: true };
    if (isTimed(second)) fold.add(second);
    else fold.anytime(second);
  }

  private cancel(use: LicenseUse): void {
    this.start(use).fold.cancel?.(use);
    this.statement?.cancel(use);
  }

  private takeOther(mark: Mark): void {
    const restart = this.reader.readRestart(mark, this.coverage?.logs);
    if (restart !== undefined) this.restart(restart);
    else if (!this.takeAssignment(mark)) this.excluded.note(this.reader.exclusionOf(mark), mark);
  }

  private restart(restart: ServerRestart): void {
    this.started?.fold.restart?.(restart);
    this.breaches.restart(restart);
    this.statement?.restart(restart);
    for (const watcher of this.started?.watchers ?? []) watcher.restart?.(restart);
  }

  private takeAssignment(mark: Mark): boolean {
    const assignment = this.reader.readAssignment(mark);
    if (assignment !== undefined) this.reassignments?.add(assignment);
    return assignment !== undefined;
  }

  /** A refusal is no use, of whomever. */
  private takeUncounted(use: LicenseUse, mark: Mark): void {
    if (use.kind !== 'denied') this.excluded.note(this.reader.exclusionOf(mark), mark);
    else if (!use.excluded) this.statement?.deny(use);
    if (isTimed(use)) this.start(use).fold.uncounted?.(use);
  }

  private takeUse(use: LicenseUse, mark: Mark): void {
    const { fold, watchers } = this.start(use);
    this.statement?.see(use);
    this.used = true;
    const isGrant = use.kind === 'assign' || use.kind === 'revoke';
    if (isGrant) this.takeAssignment(mark);
    if (!isTimed(use)) {
      fold.anytime(use);
      this.untimed.note('untimed', { holder: holderOf(use), place: use.place });
      this.breaches.anytime(use);
      if (!isGrant) for (const watcher of watchers) watcher.anytime?.(use);
      return;
    }
    fold.add(use);
    this.turns.note(this.reader.nameOf(mark, use), use, mark);
    this.breaches.add(use);
    if (!isGrant) for (const watcher of watchers) watcher.add(use);
    this.first ??= use.time;
    this.last = use.time;
  }

  private turn(now: Instant): void {
    if (!this.turns.isDue(now)) return;
    for (const { use, former } of this.turns.reach(now)) {
      this.started?.fold.renamed?.(use, former);
      if (use.kind !== 'assign') for (const watcher of this.started?.watchers ?? []) watcher.renamed?.(use);
    }
  }

  private start({ time }: Pick<LicenseUse, 'time'>): Started {
    if (this.started !== undefined) return this.started;
    const { contract, license, coverage } = this;
    const segments = segmentsOf(contract, license, time, coverage);
    this.started = {
      fold: startMeasure(contract, license, segments, coverage, this.statement?.watch),
      watchers: startWatchers({ contract, license, segments }),
    };
    return this.started;
  }

  *finish(tell: TellFigures | undefined): Generator<Judgement> {
    const { coverage, last } = this;
    const spoken = clamp(coverage?.until ?? last ?? EARLIEST);
    const until = last !== undefined && last > spoken ? last : spoken;
    if (this.started === undefined || !this.used) yield* this.finishUnused(until, tell);
    else yield* this.finishUsed(this.started, spoken, until, tell);
  }

  private *finishUnused(until: Instant, tell: TellFigures | undefined): Generator<Judgement> {
    yield unseen(this.contract, this.license, this.coverage);
    if (this.reassignments !== undefined) yield* this.reassignments.finish();
    yield* this.excluded.finish();
    if (this.statement !== undefined) tell?.(this.statement.finish(undefined, until));
  }

  /** `spoken`: the last instant the log speaks of. `until`: that, or the last use where it comes later. */
  private *finishUsed(
    { fold, watchers }: Started,
    spoken: Instant,
    until: Instant,
    tell: TellFigures | undefined,
  ): Generator<Judgement> {
    const { contract, license, first, last, reassignments, statement } = this;
    const coverage = withSilentServers(this.coverage, this.files);
    this.turn(until);
    const segments = withUnlisted(fold.finish(until), this.unlisted);
    const watched = watchers.flatMap((watcher) => [...watcher.finish(until)]);
    const selfCheck = fold.selfCheck?.();
    const context: PeriodContext = {
      contract,
      license,
      coverage,
      lastUse: last,
      ...(contract.people.teams.length > 0 && { teamOf: compileTeams(contract.people) }),
      ...(selfCheck && { capacities: selfCheck.capacities }),
    };
    if (first === undefined || last === undefined) yield undated(context, segments, this.untimed);
    else {
      for (const judgement of judgePeriods(context, segments, first, last))
        yield withCommitted(judgement, watchers);
    }
    yield* watched;
    if (reassignments !== undefined) yield* reassignments.finish();
    yield* this.breaches.finish(fold.stillOpen(), fold.stoodAtEnd?.(), spoken);
    yield* selfCheckJudgements(license, selfCheck);
    yield* this.excluded.finish();
    if (statement !== undefined)
      tell?.(statement.finish({ segments, stillOpen: fold.stillOpen() }, until, coverage));
  }
}
