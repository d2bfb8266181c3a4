/** Licenses that cover the same use each count all of it, and a note says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overlapNotes } from '../../src/licenses/contract/overlaps.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';

type Sketch = { covers: string; measure?: string; more?: string };

/** Of each note the ids that it names. */
function overlaps(...licenses: Sketch[]): string[] {
  return (contractOf(licenses).notes ?? []).map(({ code, message }) => {
    assert.equal(code, 'overlapping-licenses');
    assert.match(message, /and each of them counts all of it$/);
    return [...message.matchAll(/"(l\d)"| and (\d+) others?/g)]
      .map(([, id, rest]) => id ?? `+${rest}`)
      .join(' ');
  });
}

function contractOf(licenses: readonly Sketch[]) {
  const entries = licenses.map(
    (
      { covers, measure = 'count seats over month', more = 'quantity: [{from: 2025-01-01, set: 1}]' },
      index,
    ) => `
  - id: l${index}
    covers: {${covers}}
    measure: ${measure}
    ${more}`,
  );
  const yaml = `
contract: {id: ACME-2025-017, timezone: UTC}
tiers: {basic: [view], pro: [basic, edit]}
licenses:${entries.join('')}
`;
  const { contract, problems } = parseContract('licenses.yaml', yaml);
  assert.deepEqual(problems, []);
  return contract!;
}

const of = (covers: string, more: Partial<Sketch> = {}): Sketch => ({ covers, ...more });

test('two licenses of one feature overlap, in whatever case and by patterns too', () => {
  for (const [left, right] of [
    ['editor', 'Editor'],
    ['editor', '"*"'],
    ['edit*', '"*tor"'],
    ['"ed?tor"', '"*t?r"'],
    ['edit*', 'edit'],
    ['edit*', '"edit?r*"'],
    ['[viewer, "*or"]', '[solver, e*]'],
    ['[viewer, editor]', '[editor, solver]'],
  ])
    assert.deepEqual(
      overlaps(of(`feature: ${left}`), of(`feature: ${right}`)),
      ['l0 l1'],
      `${left} ${right}`,
    );
  for (const [left, right] of [
    ['editor', 'viewer'],
    ['editor', '"edit?"'],
    ['edit*', '"view*"'],
    ['"?"', '"??"'],
    ['"edit*r"', '"edit*x"'],
  ])
    assert.deepEqual(overlaps(of(`feature: ${left}`), of(`feature: ${right}`)), [], `${left} ${right}`);
  assert.deepEqual(overlaps(of('tier: basic'), of('tier: pro')), ['l0 l1']);
  assert.deepEqual(overlaps(of('feature: editor'), of('meter: editor')), []);
});

test('bounds of versions part them where no version fits both', () => {
  const bounded = (left: string, right: string) =>
    overlaps(of(`feature: e, version: "${left}"`), of(`feature: e, version: "${right}"`)).length > 0;
  for (const [left, right] of [
    ['<= 2024', '<= 2025'],
    ['< 2024', '= 2023'],
    ['>= 2024', '<= 2024'],
    ['> 2023', '> 2025'],
    ['> 2023', '< 2024'],
    ['= 2024', '<= 2024'],
  ] as const)
    assert.deepEqual([bounded(left, right), bounded(right, left)], [true, true], `${left} ${right}`);
  for (const [left, right] of [
    ['<= 2024', '> 2024'],
    ['< 2024', '>= 2024'],
    ['= 2024', '= 2025'],
    ['= 2024', '< 2024'],
    ['<= 2024', '>= 2025'],
  ] as const)
    assert.deepEqual([bounded(left, right), bounded(right, left)], [false, false], `${left} ${right}`);
});

test('so do environments, terms that follow each other, and what is counted', () => {
  const environment = (name: string) => of(`feature: e, environment: ${name}`);
  assert.deepEqual(overlaps(environment('production'), environment('test')), []);
  assert.deepEqual(overlaps(environment('production'), of('feature: e')), ['l0 l1']);
  const term = (year: number) =>
    of('feature: e', {
      more: `quantity: [{from: 2024-01-01, set: 1}]\n    term: {from: ${year}-01-01, until: ${year + 1}-01-01}`,
    });
  assert.deepEqual(overlaps(term(2025), term(2024)), []);
  assert.deepEqual(overlaps(term(2025), of('feature: e')), ['l0 l1']);
  const people = of('feature: e', { measure: 'count distinct person over month' });
  assert.deepEqual(overlaps(people, of('feature: e')), []);
  assert.deepEqual(overlaps(people, people), ['l0 l1']);
  assert.deepEqual(overlaps(of('feature: e'), of('feature: e', { more: 'unlimited: true' })), []);
});

test('of many a note names the first', () => {
  const features = Array.from({ length: 7 }, (_, index) => of(`feature: f${index}`));
  assert.deepEqual(overlaps(of('feature: "*"'), ...features), ['l0 l1 l2 l3 l4 l5 +2']);
});

test('two limits of another kind are none, though they count the same', () => {
  const by = (measure: string) => of('feature: e', { measure });
  const measures = [
    'count seats each instant take max over month',
    'count seats each instant take mean over month',
    'count seats each hour take p95 over month',
    'count seats each hour take p99 over month',
    'count distinct person each day take max over month',
    'count distinct person over month',
    'count distinct person over quarter',
    'count distinct person over month anchored 15',
  ];
  assert.deepEqual(overlaps(...measures.map(by)), []);
  for (const measure of measures) assert.deepEqual(overlaps(by(measure), by(measure)), ['l0 l1'], measure);
  assert.deepEqual(overlaps(by('count seats over month'), by(measures[0]!)), ['l0 l1']);
});

test('a thousand licenses of three patterns each are few comparisons', () => {
  const patterns = (index: number) => `"p${index}-a*", "p${index}-b*", "p${index}-*c"`;
  const names = Array.from({ length: 1_000 }, (_, index) => of(`feature: [${patterns(index)}]`));
  // Each pattern meets itself and the two others of its license.
  assert.deepEqual(overlapNotes(contractOf(names).licenses, 10_000), []);
  const backward = names.map((_, index) => of(`feature: ["*a-${index}p", "*b-${index}p", "c*-${index}p"]`));
  assert.deepEqual(overlapNotes(contractOf(backward).licenses, 20_000), []);
  const [note, ...others] = overlapNotes(contractOf([...names, of('feature: P7-abc')]).licenses, 10_000);
  assert.deepEqual(others, []);
  assert.match(note!.message, /^license "l7" covers use that "l1000" covers too/);
});

test('where the comparisons are too many a note says from which license on nothing was searched', () => {
  const { licenses } = contractOf(Array.from({ length: 100 }, (_, index) => of(`feature: "*-${index}*-a"`)));
  const messages = overlapNotes(licenses, 10_000).map(({ message }) => message);
  assert.match(messages[0]!, /^license "l0" covers use that "l1"/);
  assert.match(messages.at(-1)!, /^license "l\d+" and those after it were not searched/);
  assert.ok(messages.length < 100);
});
