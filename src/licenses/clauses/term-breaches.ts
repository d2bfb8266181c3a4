/** Use outside the license's term: before it began, after it ended and the grace was over. Half-open. */
import { formatInstant, type Instant } from '../../base/instant.ts';
import { count, quote } from '../../base/text-safety.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { License } from '../contract/contract.ts';
import { graceWords } from '../contract/grace.ts';
import type { Standing, Witness } from '../measures/measure-fold.ts';
import {
  holderOf,
  type LicenseUse,
  type ServerRestart,
  type TimedUse,
  toSessionEvent,
} from '../use/license-use.ts';
import { Outliving } from '../use/outliving.ts';
import { isOfAnySession } from '../use/seat-sink.ts';
import { keyOf, type SessionEvent } from '../use/session.ts';
import { sessionOptions } from '../use/session-options.ts';
import { Sessions } from '../use/sessions.ts';
import type { LicenseCode } from '../verdict/license-findings.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';
import { standingAfter } from './standing-after.ts';
import { UnsaidUse } from './unsaid-use.ts';

type Breach = { count: number; first: Instant; last: Instant; witnesses: Witness[]; identity: string };

/** Sessions that are kept to be named. */
const MAX_OUTLIVED = 1000;

export class TermBreaches {
  private readonly license: License;
  private readonly end: Instant | undefined;
  private before: Breach | undefined;
  private after: Breach | undefined;
  /** Sessions by key that began before the term, or after its end: their check-in is no second breach. */
  private readonly opened = new Map<string, number>();
  /** Only where the contract itself ends sessions: those went on after the term although none is open when the log ends. */
  private readonly sessions: Sessions | undefined;
  private readonly outlived: SessionEvent[] = [];
  private readonly outliving = new Outliving();
  private readonly unsaid: UnsaidUse;
  private isDated = false;

  constructor(license: License) {
    this.license = license;
    this.unsaid = new UnsaidUse(license);
    this.end = license.term && license.term.until.instant + license.term.grace;
    const options = sessionOptions(license);
    if (options.timeout !== undefined || options.borrow !== undefined || options.restarts === true)
      this.sessions = this.end === undefined ? undefined : this.watch(options, this.end);
  }

  add(use: TimedUse): void {
    this.isDated = true;
    if (this.isNone(use)) return;
    this.follow(use);
    // Who is assigned before the term begins has it then, and does not use it yet.
    const begin = use.kind === 'assign' ? undefined : this.license.term?.from?.instant;
    if (use.featureless) {
      const isBefore = begin !== undefined && use.time < begin;
      const isAfter = this.end !== undefined && use.time > this.end;
      if (isBefore || isAfter) this.unsaid.note('feature', use);
      return;
    }
    if (begin !== undefined && use.time < begin) {
      if (this.isNewUse(use)) this.before = extend(this.before, use);
    } else if (this.end !== undefined && use.time >= this.end) {
      // A check-in at the very end is in time; a later one shows a session that outlived the license.
      const inTime = use.kind === 'close' && use.time === this.end;
      if (this.isNewUse(use) && !inTime) this.after = extend(this.after, use);
    } else if (this.opened.size > 0) this.opened.clear();
  }

  anytime(use: LicenseUse): void {
    if (this.license.term !== undefined && use.kind !== 'close' && !this.isNone(use))
      this.unsaid.note(use.featureless ? 'feature' : 'time', use);
  }

  restart({ time, daemon, log }: ServerRestart): void {
    this.sessions?.restart(time, daemon, log);
  }

  /** What is taken from somebody is no use, and neither is a gauge that shows nothing. */
  private isNone({ kind, amount }: LicenseUse): boolean {
    const { what } = this.license.measure.count;
    return kind === 'revoke' || ((what === 'level' || what === 'sampled') && amount === 0n);
  }

  private watch(options: ReturnType<typeof sessionOptions>, end: Instant): Sessions {
    return new Sessions(options, {
      take() {},
      change() {},
      // Whether one of its seat outlives the term is told by `unpaired`.
      withdraw() {},
      orphan() {},
      doubt: (quantity, at, event, reason) => {
        if (!isOfAnySession(reason)) return;
        const seat = this.outliving.note(quantity, at, event);
        if (seat !== undefined && at > end) this.outlive(seat.event);
      },
      release: (session, at) => {
        const isOver = at > end && session.at < end && session.closed === undefined;
        if (isOver) this.outlive(session);
      },
    });
  }

  private outlive(session: SessionEvent): void {
    if (this.outlived.length < MAX_OUTLIVED) this.outlived.push(session);
  }

  /** Use without duration has no session that could outlive the term. */
  private follow(use: TimedUse): void {
    if (this.sessions === undefined || (use.featureless && (use.kind !== 'close' || !use.named))) return;
    if (use.kind !== 'use' && use.kind !== 'assign') this.sessions.follow(use.kind, toSessionEvent(use));
  }

  private isNewUse(use: TimedUse): boolean {
    const { kind } = use;
    const key = keyOf(use);
    const open = this.opened.get(key) ?? 0;
    if (kind === 'open') this.opened.set(key, open + 1);
    if (kind !== 'close') return true;
    if (open > 1) this.opened.set(key, open - 1);
    else this.opened.delete(key);
    return open === 0;
  }

  /** `stillOpen`: sessions without a check-in. `until`: the last instant the log speaks of. */
  *finish(
    stillOpen: Iterable<SessionEvent>,
    standing: Standing | undefined,
    until: Instant,
  ): Generator<Judgement> {
    const { term } = this.license;
    if (this.before !== undefined) {
      yield this.judgement('use-before-start', this.before, `the term begins ${term!.from!.text}`);
    }
    const grace = term === undefined || term.grace === 0n ? '' : ` and its grace of ${graceWords(term)}`;
    const ended = `the term ended ${term?.until.text}${grace}`;
    if (this.after !== undefined) yield this.judgement('use-after-expiry', this.after, ended);
    else if (this.end !== undefined && until > this.end) {
      this.sessions?.advance(until);
      for (const { event } of this.outliving) this.outlive(event);
      yield* this.perhapsAfter(this.end, [...stillOpen, ...this.outlived], ended);
    }
    if (this.end !== undefined && until > this.end && standing !== undefined)
      yield* standingAfter(this.license, standing, ended);
    // Without any time the whole license is open.
    if (term === undefined || !this.isDated) return;
    const begin = term.from === undefined ? '' : `from ${term.from.text} `;
    yield* this.unsaid.finish('use-after-expiry', 'term', `use ${begin}until ${term.until.text}`);
  }

  private *perhapsAfter(
    end: Instant,
    stillOpen: Iterable<SessionEvent>,
    ended: string,
  ): Generator<Judgement> {
    const open = [...stillOpen].filter(({ at }) => at < end);
    const [first] = open;
    if (first === undefined) return;
    yield {
      verdict: 'undetermined',
      code: 'use-after-expiry',
      message: `license ${quote(this.license.id)}: ${count(open.length, 'session has', 'sessions have')} no check-in and may have gone on, although ${ended}`,
      place: first.place,
      related: open.slice(1, MAX_RELATED + 1).map(({ place }) => place),
      count: open.length,
      subject: this.license.id,
      identity: [this.license.id, 'perhaps', first.origin.identity],
      severity: licenseSeverity('license-undetermined'),
    };
  }

  private judgement(code: LicenseCode, breach: Breach, term: string): Judgement {
    const holders = [...new Set(breach.witnesses.map(({ holder }) => holder))].map(quote).join(', ');
    const more = breach.count > breach.witnesses.length ? ' and others' : '';
    const [from, until] = [formatInstant(breach.first), formatInstant(breach.last)];
    const times =
      breach.count === 1 ? `once, at ${from},` : `${count(breach.count, 'time')} from ${from} until ${until}`;
    const [place, ...related] = breach.witnesses.map((witness) => witness.place);
    return {
      verdict: 'violation',
      code,
      message: `license ${quote(this.license.id)}: used ${times} by ${holders}${more}, although ${term}`,
      place: place!,
      related,
      count: breach.count,
      subject: this.license.id,
      identity: [this.license.id, breach.identity],
      severity: licenseSeverity(code),
    };
  }
}

function extend(breach: Breach | undefined, use: TimedUse): Breach {
  const witness = { holder: holderOf(use), place: use.place };
  if (breach === undefined) {
    return { count: 1, first: use.time, last: use.time, witnesses: [witness], identity: use.origin.identity };
  }
  breach.count++;
  breach.last = use.time;
  if (breach.witnesses.length <= MAX_RELATED) breach.witnesses.push(witness);
  return breach;
}
