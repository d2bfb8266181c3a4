/** Reconstructed use against the truth of server logs that were made for it: at every instant, and at every refusal. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Judgement } from '../../src/model/relation.ts';
import {
  type MadeServerLog,
  makeServerLog,
  type ServerLogPlan,
  type ServerRecord,
} from '../support/made-server-log.ts';
import { judgeServerLog, serverContract, settled, useAtInstants } from './judge-server-log.ts';
import { fewSeeds, MANY_SESSIONS, SESSIONS } from './known-truth-size.ts';
import { runContract } from './run-contract.ts';

const LONG_SEED = 0;

const PLANS: Record<string, Partial<ServerLogPlan>> = {
  'sessions with ids': { handles: true },
  'sessions told by user and host alone': {},
  'partial check-ins and upgrades, with ids': { handles: true, changes: true },
  'partial check-ins and upgrades, by user and host': { changes: true },
  'seats that linger': { linger: 600 },
  'seats that linger, partial check-ins and upgrades': { linger: 600, changes: true },
  'sessions of one user and host that count once': { handles: true, shared: true },
};

function peakOf(truth: MadeServerLog['truth']): number {
  return Math.max(...settled(truth).values());
}

/** Of the license's periods, not of its self-check. */
function verdictsOf(judgements: readonly Judgement[]): Judgement[] {
  return judgements.filter(({ usage }) => usage !== undefined);
}

function checkOf(judgements: readonly Judgement[]): {
  points: number;
  agree: number;
  open: number;
  disagree: number;
} {
  const sum = { points: 0, agree: 0, open: 0, disagree: 0 };
  for (const { usage } of verdictsOf(judgements)) {
    for (const key of ['points', 'agree', 'open', 'disagree'] as const)
      sum[key] += usage!.selfCheck?.[key] ?? 0;
  }
  return sum;
}

for (const [name, plan] of Object.entries(PLANS)) {
  describe(name, () => {
    for (const seed of [LONG_SEED, ...fewSeeds(1)]) {
      const sessions = seed === LONG_SEED ? MANY_SESSIONS : SESSIONS;
      const made = makeServerLog({ seed, sessions, capacity: 14, ...plan });

      test(`use is the truth at every instant (seed ${seed})`, () => {
        const bounds = useAtInstants(serverContract(14, plan), made.records, settled(made.truth).keys());
        for (const [at, truth] of settled(made.truth)) {
          assert.deepEqual({ at, ...bounds.get(at) }, { at, lower: truth, upper: truth });
        }
      });

      test(`use is the capacity at every refusal for want of seats (seed ${seed})`, () => {
        const judgements = judgeServerLog(serverContract(14, plan), made.records);
        const { points, agree } = checkOf(judgements);
        assert.ok(points > 5, `${points} points`);
        assert.equal(agree, points);
        assert.ok(verdictsOf(judgements).every(({ verdict }) => verdict !== 'violation'));
      });
    }
  });
}

test('the short way of this test to marks is the way of the spine', () => {
  const plan = { handles: true, changes: true, counters: true };
  const { records } = makeServerLog({ seed: 9, sessions: 40, capacity: 5, ...plan });
  assert.deepEqual(
    judgeServerLog(serverContract(5, plan), records).map(({ message, usage }) => [message, usage]),
    runContract(serverContract(5, plan), records).map(({ message, usage }) => [message, usage]),
  );
});

test('the counter of the server is ours after every record', () => {
  for (const [seed, plan] of Object.values(PLANS).entries()) {
    const made = makeServerLog({ seed, sessions: SESSIONS, capacity: 14, counters: true, ...plan });
    const { points, agree } = checkOf(judgeServerLog(serverContract(14, plan), made.records));
    assert.ok(points >= made.records.filter(({ in_use }) => in_use !== undefined).length);
    assert.equal(agree, points, JSON.stringify(plan));
  }
});

test('a restart without a word leaves sessions open: the truth lies within the bounds', () => {
  const made = makeServerLog({
    seed: 3,
    sessions: SESSIONS,
    capacity: 14,
    handles: true,
    crashes: 1,
    counters: true,
  });
  holdsTruth(made, made.records, { handles: true });
  const { points, agree, open } = checkOf(judgeServerLog(serverContract(14, {}), made.records));
  assert.equal(agree + open, points);
});

function holdsTruth(
  made: MadeServerLog,
  records: readonly ServerRecord[],
  plan: Partial<ServerLogPlan>,
): void {
  const bounds = useAtInstants(serverContract(14, plan), records, settled(made.truth).keys());
  for (const [at, truth] of settled(made.truth)) {
    const { lower, upper } = bounds.get(at)!;
    const isWithin = lower <= truth && (upper === undefined || truth <= upper);
    assert.ok(isWithin, `${at}: ${lower} <= ${truth} <= ${upper}`);
  }
}

/** Leaves out every `nth` record that `isDropped` allows, one of a session at most. */
function drop(
  made: MadeServerLog,
  nth: number,
  isDropped: (record: ServerRecord) => boolean,
): ServerRecord[] {
  const broken = new Set<number>();
  let count = 0;
  return made.records.filter((record, index) => {
    const session = made.sessionOf[index];
    if (session === undefined || broken.has(session) || !isDropped(record)) return true;
    if (++count % nth !== 0) return true;
    broken.add(session);
    return false;
  });
}

/** Whole sessions, from the `offset`th on every `nth`. */
function dropSessions(made: MadeServerLog, nth: number, offset: number): ServerRecord[] {
  return made.records.filter((_, index) => {
    const session = made.sessionOf[index];
    return session === undefined || session % nth !== offset;
  });
}

/** What was said of each month is not contradicted by what was true in it. */
function isNeverWrong(
  made: MadeServerLog,
  records: readonly ServerRecord[],
  plan: Partial<ServerLogPlan>,
): string[] {
  const verdicts: string[] = [];
  const peak = peakOf(made.truth);
  for (const limit of [peak - 1, peak]) {
    const judged = verdictsOf(
      judgeServerLog(serverContract(limit, plan).replace('over month', 'over term'), records),
    );
    for (const { verdict } of judged) {
      if (verdict === 'violation')
        assert.ok(peak > limit, `exceeded at a limit of ${limit}, the peak was ${peak}`);
      if (verdict === 'satisfied') assert.ok(peak <= limit, `within ${limit}, the peak was ${peak}`);
      verdicts.push(verdict);
    }
  }
  return verdicts;
}

describe('records that are left out on purpose', () => {
  const isOut = ({ action }: ServerRecord) => action === 'license.checkout';
  const isIn = ({ action }: ServerRecord) => action === 'license.checkin';
  const isUpgrade = ({ action }: ServerRecord) => action === 'license.upgrade';
  const kinds = { 'check-outs': isOut, 'check-ins': isIn, upgrades: isUpgrade, any: () => true };
  for (const [name, plan] of Object.entries(PLANS)) {
    for (const [what, isDropped] of Object.entries(kinds)) {
      // A check-in that is lost and then a check-out make one long session of two, where no id tells them apart.
      if (what === 'any' && plan.handles === undefined) continue;
      test(`${name}, without some ${what}: the truth lies within the bounds, no verdict is wrong`, () => {
        for (const seed of fewSeeds(21, 20)) {
          const made = makeServerLog({
            seed,
            sessions: SESSIONS,
            capacity: 14,
            ...plan,
          });
          const records = drop(made, 7 + 20 * (seed % 2), isDropped);
          holdsTruth(made, records, plan);
          isNeverWrong(made, records, plan);
        }
      });
    }
  }

  test('whole sessions that left no trace but the counter: nothing is within any more', () => {
    for (const [seed, plan] of Object.values(PLANS).entries()) {
      const made = makeServerLog({
        seed: seed + 40,
        sessions: SESSIONS,
        capacity: 14,
        counters: true,
        ...plan,
      });
      const verdicts = isNeverWrong(made, dropSessions(made, 25, 3), plan);
      assert.ok(!verdicts.includes('satisfied'), `${JSON.stringify(plan)}: ${verdicts}`);
    }
  });

  test('whole sessions that left no trace but refusals below the capacity', () => {
    for (const [seed, plan] of Object.values(PLANS).entries()) {
      const made = makeServerLog({
        seed: seed + 60,
        sessions: SESSIONS,
        capacity: 14,
        statesCapacity: true,
        ...plan,
      });
      const verdicts = isNeverWrong(made, dropSessions(made, 10, 3), plan);
      assert.ok(!verdicts.includes('satisfied'), `${JSON.stringify(plan)}: ${verdicts}`);
    }
  });
});
