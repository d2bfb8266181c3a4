/** What a policy says of a segment on a day, and of one that was deleted. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMoment } from '../../src/base/instant.ts';
import { dayOf, formatDay, parseAge } from '../../src/retention/calendar-age.ts';
import { type HeldSegment, isHeldBy, type LegalHold } from '../../src/retention/legal-hold.ts';
import { judgePruning, planSegment } from '../../src/retention/retention-plan.ts';
import type { RetentionPolicy, RetentionRule } from '../../src/retention/retention-policy.ts';
import { describeUnfit } from '../../src/retention/unfit-hold.ts';

const day = (text: string) => dayOf(parseMoment(text)!);

const TIERS = [
  { name: 'hot', upTo: parseAge('90 days') },
  { name: 'warm', upTo: parseAge('12 months') },
];

function rule(changes: Partial<RetentionRule> & { name: string }): RetentionRule {
  return { sources: [], classes: [], tiers: TIERS, ...changes };
}

function hold(changes: Partial<LegalHold> = {}): LegalHold {
  return { id: 'LH-1', reason: 'incident', sources: [], classes: [], tenants: [], files: [], ...changes };
}

const SEGMENT: HeldSegment = {
  segment: 1,
  file: '1.zst',
  source: 'okta',
  class: 'security',
  name: 'okta/a.log',
  records: 3,
  bytes: 100,
  from: day('2026-01-01'),
  until: day('2026-01-31'),
  mayHaveUntimed: false,
};

const YEAR: RetentionPolicy = {
  rules: [
    rule({ name: 'debug', classes: ['debug'], maximum: parseAge('1 month')! }),
    rule({ name: 'okta', sources: ['okta'], minimum: parseAge('1 year')!, maximum: parseAge('2 years')! }),
    rule({ name: 'kept' }),
  ],
  holds: [],
};

describe('planSegment()', () => {
  const standing = (segment: HeldSegment, on: string, policy = YEAR) => {
    const { rule: found, tier, standing: now, dueOn } = planSegment(policy, segment, day(on));
    return [found?.name, tier, now, dueOn && formatDay(dueOn)];
  };

  test('takes the first rule that fits source and class', () => {
    assert.deepEqual(standing(SEGMENT, '2026-02-01'), ['okta', 'hot', 'kept', '2028-02-01']);
    const debug = { ...SEGMENT, class: 'debug' };
    assert.deepEqual(standing(debug, '2026-02-01'), ['debug', 'hot', 'kept', '2026-03-01']);
    const other = { ...SEGMENT, source: null };
    assert.deepEqual(standing(other, '2099-02-01'), ['kept', undefined, 'kept', undefined]);
  });

  test('is due on the day after the anniversary, to the day', () => {
    const debug = { ...SEGMENT, class: 'debug' };
    assert.equal(standing(debug, '2026-02-28')[2], 'kept');
    assert.equal(standing(debug, '2026-03-01')[2], 'due');
  });

  test('moves from tier to tier', () => {
    const tiers = ['2026-05-01', '2026-05-02', '2027-01-31', '2027-02-01'].map(
      (on) => standing(SEGMENT, on)[1],
    );
    assert.deepEqual(tiers, ['hot', 'warm', 'warm', undefined]);
  });

  test('keeps what is under one of two overlapping holds until the last day of the later one', () => {
    const policy = {
      ...YEAR,
      holds: [
        hold({ id: 'A', sources: ['okta'], until: day('2028-06-30') }),
        hold({ id: 'B', classes: ['security'], since: day('2028-06-01'), until: day('2028-07-31') }),
      ],
    };
    const holds = (on: string) => {
      const plan = planSegment(policy, SEGMENT, day(on));
      return [plan.standing, plan.holds.map(({ id }) => id).join()];
    };
    assert.deepEqual(holds('2028-03-01'), ['held', 'A']);
    assert.deepEqual(holds('2028-06-15'), ['held', 'A,B']);
    assert.deepEqual(holds('2028-07-31'), ['held', 'B']);
    assert.deepEqual(holds('2028-08-01'), ['due', '']);
  });

  test('never calls due what has no age: no time, a placeholder, the future', () => {
    for (const until of [undefined, day('1970-01-01'), day('0001-01-01'), day('2199-01-01')]) {
      const plan = planSegment(YEAR, { ...SEGMENT, from: until, until }, day('2099-01-01'));
      assert.equal(plan.standing, 'undated', String(until));
      assert.ok(plan.doubt);
    }
  });
});

describe('isHeldBy()', () => {
  test('wants every condition, and holds where the manifest cannot tell', () => {
    const events = { from: day('2026-01-31'), until: day('2026-02-10') };
    assert.equal(isHeldBy(hold({ events }), SEGMENT), true);
    assert.equal(isHeldBy(hold({ events }), { ...SEGMENT, until: day('2026-01-30') }), false);
    assert.equal(isHeldBy(hold({ events }), { ...SEGMENT, from: undefined, until: undefined }), true);
    const earlier = { ...SEGMENT, until: day('2026-01-30'), mayHaveUntimed: true };
    assert.equal(isHeldBy(hold({ events }), earlier), true);
    assert.equal(isHeldBy(hold({ events, classes: ['debug'] }), earlier), false);
    assert.equal(isHeldBy(hold({ sources: ['audit'] }), SEGMENT), false);
    assert.equal(isHeldBy(hold({ sources: ['audit'] }), { ...SEGMENT, source: null }), true);
    assert.equal(isHeldBy(hold({ classes: ['debug'] }), SEGMENT), false);
    assert.equal(isHeldBy(hold({ files: ['okta/*'] }), SEGMENT), true);
    assert.equal(isHeldBy(hold({ files: ['aws/*'] }), SEGMENT), false);
    assert.equal(isHeldBy(hold({ files: ['a.*'] }), SEGMENT), true);
    assert.equal(isHeldBy(hold({ files: ['b.*'] }), SEGMENT), false);
    assert.equal(isHeldBy(hold({ tenants: ['acme'] }), SEGMENT), true);
    assert.equal(isHeldBy(hold({ tenants: ['acme'], sources: ['audit'] }), SEGMENT), false);
  });
});

describe('describeUnfit()', () => {
  const unfit = (changes: Partial<LegalHold>, segments = [SEGMENT]) =>
    describeUnfit(hold(changes), segments).join('\n');

  test('names each class, source and file that no segment has, and what none has together', () => {
    assert.equal(
      unfit({ classes: ['securty', 'security'], sources: ['aws-cloudtrail'], files: ['feb*', 'a.*'] }),
      `hold "LH-1" names the class "securty", which no segment has, did you mean "security"?
hold "LH-1" names the source "aws-cloudtrail", which no segment has
hold "LH-1" names the file "feb*", which no segment is of; one is of "okta/a.log"`,
    );
    const debug = { ...SEGMENT, class: 'debug', name: 'b.log' };
    assert.match(
      unfit({ classes: ['debug'], files: ['a.*'] }, [SEGMENT, debug]),
      /no segment has all that it names/,
    );
  });

  test('says nothing of a range of time, of tenants, and of a source that an unknown one may be', () => {
    assert.equal(unfit({ events: { from: day('2030-01-01') }, tenants: ['acme'] }), '');
    assert.equal(unfit({ sources: ['audit'] }, [{ ...SEGMENT, source: null }]), '');
  });
});

describe('judgePruning()', () => {
  const kinds = (on: string, policy = YEAR, segment = SEGMENT) =>
    judgePruning(policy, { ...segment, on: day(on) }).map(({ kind }) => kind);

  test('names a deletion before the minimum age, to the day', () => {
    assert.deepEqual(kinds('2027-01-31'), ['early']);
    assert.deepEqual(kinds('2027-02-01'), []);
  });

  test('names a deletion under a hold that stood on that day', () => {
    const policy = { ...YEAR, holds: [hold({ since: day('2028-03-01'), until: day('2028-04-30') })] };
    assert.deepEqual(kinds('2028-02-29', policy), []);
    assert.deepEqual(kinds('2028-03-01', policy), ['held']);
    assert.deepEqual(kinds('2028-05-01', policy), []);
    assert.deepEqual(kinds('2026-02-01', { ...policy, holds: [hold()] }), ['held', 'early']);
  });

  test('names a deletion of what has no age', () => {
    assert.deepEqual(kinds('2030-01-01', YEAR, { ...SEGMENT, until: undefined }), ['undated']);
  });
});
