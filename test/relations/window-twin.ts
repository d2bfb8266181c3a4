/** The slow twins of windows: every window by itself, from all marks of the group, with figures as fractions of whole numbers. Tests only. */
import type { Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement } from '../../src/model/relation.ts';

/** `over` is positive. */
export type Fraction = { amount: bigint; over: bigint };

export const whole = (amount: number | bigint): Fraction => ({ amount: BigInt(amount), over: 1n });
export const compare = (a: Fraction, b: Fraction) => {
  const difference = a.amount * b.over - b.amount * a.over;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

export type Said = { verdict: string; first: string; peak: Fraction };

export type TwinRule = {
  span: bigint;
  figure: (window: readonly Mark[]) => Fraction;
  holds: (figure: Fraction) => boolean;
  /** Whether unseen events could only raise the figure. */
  onlyUp: boolean;
  coverage: Coverage;
};

const endOf = (mark: Mark) => mark.until ?? mark.time!;

/** Begin, end, place, step: the order in which a window names its marks. */
const byBegin = (left: Mark, right: Mark) =>
  Number(left.time! - right.time!) ||
  Number(endOf(left) - endOf(right)) ||
  (left.place.file < right.place.file ? -1 : left.place.file > right.place.file ? 1 : 0) ||
  left.place.offset - right.place.offset ||
  left.step - right.step;

const covers = (coverage: Coverage, from: bigint, until: bigint) =>
  coverage !== undefined && from >= coverage.from && until <= coverage.until;

/** One window for each instant at which a mark ends, closed at both ends; neighbors not more than a timespan apart are joined. */
export function slidingTwin(marks: readonly Mark[], rule: TwinRule): Said[] {
  const fitting = marks.filter((mark) => endOf(mark) - mark.time! <= rule.span);
  const instants = [...new Set(fitting.map(endOf))].sort((a, b) => Number(a - b));
  const said: Said[] = [];
  let previous: { verdict: string; end: bigint } | undefined;
  for (const end of instants) {
    const window = fitting.filter((mark) => mark.time! >= end - rule.span && endOf(mark) <= end);
    const figure = rule.figure(window);
    const certain = rule.onlyUp || covers(rule.coverage, end - rule.span, end);
    const verdict = !rule.holds(figure) ? 'satisfied' : certain ? 'violation' : 'undetermined';
    if (verdict !== 'satisfied') {
      const joined = previous?.verdict === verdict && end - previous.end <= rule.span;
      if (!joined) said.push({ verdict, first: [...window].sort(byBegin)[0]!.identity, peak: figure });
      else if (compare(figure, said.at(-1)!.peak) > 0) said.at(-1)!.peak = figure;
    }
    previous = { verdict, end };
  }
  return said;
}

/** Greedy windows, each judged at its end, with what the coverage allows to say. */
export function completeTwin(marks: readonly Mark[], rule: TwinRule): Said[] {
  const said: Said[] = [];
  let rest = marks.filter((mark) => endOf(mark) - mark.time! <= rule.span);
  let previous: { verdict: string; last: bigint } | undefined;
  while (rest.length > 0) {
    const start = rest[0]!.time!;
    const met = rest.filter(({ time }) => time! - start <= rule.span);
    const window = met.filter((mark) => endOf(mark) - start <= rule.span);
    rest = rest.slice(met.length);
    const figure = rule.figure(window);
    const certain = covers(rule.coverage, start - rule.span, start + rule.span);
    const verdict = !rule.holds(figure) ? 'satisfied' : certain ? 'violation' : 'undetermined';
    const joined = previous?.verdict === verdict && start - previous.last <= rule.span;
    if (verdict !== 'satisfied') {
      if (!joined) said.push({ verdict, first: window[0]!.identity, peak: figure });
      else if (compare(figure, said.at(-1)!.peak) > 0) said.at(-1)!.peak = figure;
    }
    previous = { verdict, last: window.at(-1)!.time! };
  }
  return said;
}

/** Where the rule's message is `{peak}`; a figure is compared as it is shown, to six digits. */
export function saidBy(judgements: readonly Judgement[]) {
  return judgements.map(({ verdict, identity, message }) => {
    const [peak] = /-?[\d,]+(?:\.\d+)?/.exec(message) ?? [];
    return { verdict, first: identity.at(-1)!, peak: Number(peak?.replaceAll(',', '')).toFixed(4) };
  });
}

export function shown(said: readonly Said[], unit = 1) {
  return said.map(({ verdict, first, peak }) => {
    const value = Number(peak.amount) / Number(peak.over) / unit;
    // Cut after six digits, as the message is.
    return { verdict, first, peak: (Math.trunc(Number((value * 1e6).toFixed(3))) / 1e6).toFixed(4) };
  });
}

/** An event that comes through two rules is one, unless they count different fields of it. */
export const distinctEvents = (marks: readonly Mark[]) =>
  marks.filter((mark, index) => marks.findIndex(({ identity }) => identity === mark.identity) === index);
