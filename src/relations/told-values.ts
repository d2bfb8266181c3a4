/**
 * Which values of the log the sentence of a finding tells, and what it would tell of the further events of an episode. One event's
 * sentence says nothing of another: whoever accepts the one has not accepted the other.
 */
import { sha256Hex } from '../base/digest.ts';
import { quote } from '../base/text-safety.ts';
import { type AlsoSaid, alsoSaid, MAX_ALSO } from '../model/also-said.ts';
import type { Mark } from '../model/mark.ts';
import { toldOfGroup } from '../model/message.ts';
import type { Group } from '../model/relation.ts';

/** Values as they are quoted, in the order of their names; undefined where the event has none. Of a long value it is a part and a digest. */
export type Told = readonly (string | undefined)[];

type Values = readonly (string | undefined)[];

/** Characters of values that are kept of one episode: of some hundred thousand of them the usual ones. */
const MAX_KEPT = 2_000;

/** What is told of each mark of one group. */
export class Telling {
  /** Whether marks come through several steps, which do not have all fields: what one of them lacks is told of another. */
  readonly isOfSteps: boolean;
  /** The values of the log. */
  readonly read: (mark: Mark) => Values;

  constructor(read: (mark: Mark) => Values, isOfSteps = false) {
    this.read = read;
    this.isOfSteps = isOfSteps;
  }

  of(mark: Mark): Told {
    return quoted(this.read(mark));
  }
}

function quoted(values: Values): Told {
  return values.map((value) => (value === undefined ? undefined : quote(value)));
}

/**
 * Of a correlation's marks, whose further values from `width` on are those of `names`; undefined where its sentence tells none.
 * `steps`: of so many the marks are.
 */
export function tellingOf(
  rule: Parameters<typeof toldOfGroup>[0],
  group: Group,
  names: readonly string[],
  width: number,
  steps: number,
): Telling | undefined {
  if (names.length === 0) return undefined;
  let tellers: ReturnType<typeof toldOfGroup>[][] | undefined;
  return new Telling(({ step, values }) => {
    // Most groups find nothing, and tell nothing.
    tellers ??= rule.groupBy.map((_, each) => names.map((name) => toldOfGroup(rule, group, each, name)));
    return tellers[step]!.map((tell, index) => tell(values[width + index]));
  }, steps > 1);
}

/** What is told of an episode. */
export class ToldValues {
  private readonly telling: Telling;
  private readonly firstMark: Mark | undefined;
  private firstTold: Told | undefined;
  private readonly known = new Set<string>();
  /** Of the last mark: most that follow have the same values, and to compare them is less work than to quote them. */
  private last: Values | undefined;
  private size = 0;
  /** Others than the first, each once, in their order. */
  readonly others: Told[] = [];
  /** Whether there are more than are kept. */
  isMore = false;

  /** `first`: the first mark, or what is told of it. */
  constructor(telling: Telling, first: Mark | Told) {
    this.telling = telling;
    if (isTold(first)) this.firstTold = first;
    else this.firstMark = first;
  }

  get first(): Told {
    this.firstTold ??= this.telling.of(this.firstMark!);
    return this.firstTold;
  }

  add(further: Mark | Told): void {
    // What comes then is not even decoded.
    if (this.isMore) return;
    const told = this.filled(isTold(further) ? further : this.unlessAsLast(this.telling.read(further)));
    if (told === undefined) return;
    const key = keyOf(told);
    if (this.known.size === 0) this.known.add(keyOf(this.first));
    if (this.known.has(key)) return;
    this.size += key.length;
    if (this.others.length >= MAX_ALSO || this.size > MAX_KEPT) this.isMore = true;
    else {
      this.known.add(key);
      this.others.push(told);
    }
  }

  private unlessAsLast(values: Values): Told | undefined {
    const { last } = this;
    if (last !== undefined && values.every((value, index) => value === last[index])) return undefined;
    this.last = values;
    return quoted(values);
  }

  private filled(told: Told | undefined): Told | undefined {
    if (told === undefined || !this.telling.isOfSteps) return told;
    const { first } = this;
    if (
      this.others.length === 0 &&
      first.some((value, index) => value === undefined && told[index] !== undefined)
    ) {
      this.firstTold = first.map((value, index) => value ?? told[index]);
      this.known.clear();
      this.known.add(keyOf(this.firstTold));
    }
    return told.map((value, index) => value ?? this.first[index]);
  }

  /** Takes in what is told of an episode that goes on with this one. */
  join(next: ToldValues): void {
    for (const told of [next.first, ...next.others]) this.add(told);
    this.isMore ||= next.isMore;
  }

  /** What the finding says, each in the words of `say`. */
  said(say: (told: Told) => string): AlsoSaid {
    return alsoSaid(say(this.first), this.others.map(say), this.isMore);
  }

  /** Of each thing that is told a digest, that of the first one first. */
  get topics(): string[] {
    return [this.first, ...this.others].map(topicOf);
  }

  /** A part of the finding's identity, where anything else is told: one that says more is another finding. */
  get identity(): string[] {
    if (this.others.length === 0 && !this.isMore) return [];
    return [topicOf([...this.others.map(keyOf), String(this.isMore)])];
  }
}

/** What a finding speaks of, as 16 digits. */
export function topicOf(told: Told): string {
  return sha256Hex(keyOf(told)).slice(0, 16);
}

function isTold(one: Mark | Told): one is Told {
  return Array.isArray(one);
}

function keyOf(told: Told): string {
  return JSON.stringify(told.map((value) => value ?? null));
}
