/** The sample: what sorting all lots gives, however the records come. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type SampledRecord, Sampler } from '../../src/evidence/sample.ts';

type Offered = { file: string; digest: string; offset: number };

function draw(sampler: Sampler, records: readonly Offered[]): Sampler {
  for (const { file, digest, offset } of records)
    sampler.offer(file, digest, 1, offset, 9, () => `${file}${offset}`);
  return sampler;
}

const placesOf = (records: readonly SampledRecord[]) =>
  records.map(({ file, offset }) => `${file}:${offset}`);

/** Slow twin: every lot, sorted. */
function smallestLots(seed: string, size: number, records: readonly Offered[]): string[] {
  const lots = records.map(({ file, digest, offset }) => ({
    place: `${file}:${offset}`,
    lot: createHash('sha256')
      .update([seed, digest, String(offset)].join('\n'))
      .digest('hex'),
  }));
  return lots
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, size)
    .map(({ place }) => place)
    .sort();
}

const someRecords = fc
  .uniqueArray(fc.record({ file: fc.constantFrom('a', 'b', 'c'), offset: fc.nat(5000) }), {
    selector: ({ file, offset }) => `${file}:${offset}`,
    maxLength: 200,
  })
  .map((records) => records.map((record) => ({ ...record, digest: `digest of ${record.file}` })));

describe('Sampler', () => {
  test('takes the smallest lots, in whatever order and in however many parts they are offered', () => {
    fc.assert(
      fc.property(
        someRecords,
        fc.nat(30),
        fc.string({ maxLength: 5 }),
        fc.nat(200),
        (records, size, seed, cut) => {
          const whole = draw(new Sampler(seed, size), records);
          assert.equal(whole.population, records.length);
          const sample = placesOf(whole.finish());
          assert.deepEqual([...sample].sort(), smallestLots(seed, size, records));
          const parts = draw(new Sampler(seed, size), records.slice(cut));
          parts.take(draw(new Sampler(seed, size), records.slice(0, cut).reverse()));
          assert.equal(parts.population, records.length);
          assert.deepEqual(placesOf(parts.finish()), sample);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('another seed draws another sample, and each record is drawn about as often as any other', () => {
    const records = Array.from({ length: 50 }, (_, index) => ({
      file: 'a',
      digest: 'd',
      offset: index * 10,
    }));
    const drawn = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed += 1)
      for (const place of placesOf(draw(new Sampler(`${seed}`, 10), records).finish()))
        drawn.set(place, (drawn.get(place) ?? 0) + 1);
    assert.equal(drawn.size, 50);
    // Each is expected 400 times with a deviation of 18: five of them.
    for (const [place, times] of drawn) assert.ok(Math.abs(times - 400) < 90, `${place}: ${times}`);
  });
});
