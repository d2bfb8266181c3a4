/** How many cases the twins of the relations are held against, and logs cut short. Tests only. */
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement, Stretch } from '../../src/model/relation.ts';
import { rounds } from '../support/rounds.ts';
import { second } from './made-marks.ts';

/** All of them with FULL=1 (`npm run test:full`). */
export const CASES = rounds(150, 10_000);
export const LAWFUL_CASES = rounds(150, 3_000);

type Cut = (marks: readonly Mark[], coverage: Coverage) => { marks: Mark[]; coverage: Coverage };

/** A log that begins later and ends earlier: marks outside are gone, those without a time stay. */
export const cut: fc.Arbitrary<Cut> = fc
  .tuple(fc.integer({ min: -20, max: 30 }), fc.integer({ min: 0, max: 60 }))
  .map(([start, length]) => {
    const edges = { from: second(start), until: second(start + length) };
    return (marks, coverage) => ({
      marks: marks.filter(({ time }) => time === undefined || (time >= edges.from && time <= edges.until)),
      coverage: clip(coverage, edges),
    });
  });

function clip(coverage: Coverage, edges: Stretch): Coverage {
  const whole = overlap(coverage, edges);
  if (whole === undefined) return undefined;
  const steps = coverage?.steps?.map((stretch) => overlap(stretch, edges));
  return steps === undefined ? whole : { ...whole, steps };
}

function overlap(stretch: Stretch | undefined, edges: Stretch): Stretch | undefined {
  if (stretch === undefined) return undefined;
  const from = stretch.from > edges.from ? stretch.from : edges.from;
  const until = stretch.until < edges.until ? stretch.until : edges.until;
  return from <= until ? { from, until } : undefined;
}

/** All places that judgements name; complete while each stands for at most ten marks. */
export function placesOf(judgements: readonly Judgement[]): Set<string> {
  return new Set(
    judgements
      .flatMap(({ place, related }) => [place, ...related])
      .map(({ file, line }) => `${file}:${line}`),
  );
}
