/** Licenses that cover the same use each count all of it, and a note says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';

type Sketch = { covers: string; measure?: string; more?: string };

/** Of each note the ids that it names. */
function overlaps(...licenses: Sketch[]): string[] {
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
  return (contract!.notes ?? []).map(({ code, message }) => {
    assert.equal(code, 'overlapping-licenses');
    assert.match(message, /and each of them counts all of it$/);
    return [...message.matchAll(/"(l\d)"| and (\d+) others?/g)]
      .map(([, id, rest]) => id ?? `+${rest}`)
      .join(' ');
  });
}

const of = (covers: string, more: Partial<Sketch> = {}): Sketch => ({ covers, ...more });

test('two licenses of one feature overlap, in whatever case and by patterns too', () => {
  for (const [left, right] of [
    ['editor', 'Editor'],
    ['editor', '"*"'],
    ['edit*', '"*tor"'],
    ['"ed?tor"', '"*t?r"'],
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
  ])
    assert.deepEqual(overlaps(of(`feature: ${left}`), of(`feature: ${right}`)), [], `${left} ${right}`);
  assert.deepEqual(overlaps(of('tier: basic'), of('tier: pro')), ['l0 l1']);
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
