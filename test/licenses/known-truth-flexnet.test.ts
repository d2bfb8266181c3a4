/**
 * The same truth through the text of a FlexNet log: lines with a time of day and no date, over nights, over the end of summer
 * time, with a clock that is set, in one file and in rotated files that overlap.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { LicenseSummary } from '../../src/model/report.ts';
import { flexnet } from '../../src/text-logs/flexnet.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';
import { flexnetLines, rotated } from '../support/made-flexnet-log.ts';
import {
  type MadeServerLog,
  makeServerLog,
  type ServerLogPlan,
  type ServerRecord,
} from '../support/made-server-log.ts';
import { serverContract, settled, useAtInstants } from './judge-server-log.ts';
import { fewSeeds, SESSIONS } from './known-truth-size.ts';

const ZONE = 'Europe/Berlin';
const FILES = 5;

const PLANS: Record<string, Partial<ServerLogPlan>> = {
  'verbose lines, with sessions and counters': { handles: true, counters: true, changes: true },
  'plain lines': {},
  'plain lines, partial check-ins and upgrades': { changes: true },
  'seats that linger': { linger: 600 },
  // Without a session's id nobody knows which of a share's sessions a check-in ends.
  'sessions of one user and host that count once': { handles: true, counters: true, shared: true },
};

const ACTIONS: Record<string, string> = {
  OUT: 'license.checkout',
  IN: 'license.checkin',
  DENIED: 'license.denied',
  UPGRADE: 'license.upgrade',
};

function made(seed: number, plan: Partial<ServerLogPlan>): MadeServerLog {
  return makeServerLog({ seed, sessions: SESSIONS, capacity: 14, wallClock: true, ...plan });
}

/** What the reader makes of the lines, in canonical words; records without use are left out. */
function readBack(lines: readonly string[]): ServerRecord[] {
  const reader = flexnet.start(lines, { zone: ZONE });
  return lines.flatMap((line): ServerRecord[] => {
    const outcome = reader.line(line);
    assert.ok(typeof outcome === 'string' || 'record' in outcome, line);
    if (typeof outcome === 'string') return [];
    const { event, user, handle, ...rest } = JSON.parse(outcome.record) as Record<string, string>;
    const action = ACTIONS[event!];
    if (action === undefined) return [];
    const session = handle !== undefined && action !== 'license.denied' ? { session: handle } : {};
    const known = { action, actor: user!, id: line, outcome: 'success', ...session };
    return [{ ...rest, ...known } as unknown as ServerRecord];
  });
}

/** The only row of the contract over its whole term, from files through the spine. */
async function rowOf(
  texts: readonly string[],
  plan: Partial<ServerLogPlan>,
  clause = '',
): Promise<LicenseSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'audit-check-truth-'));
  try {
    const licenses = join(folder, 'licenses.yaml');
    const contract = serverContract(14, plan).replace('over month', `over term\n    ${clause}`);
    writeFileSync(licenses, contract);
    const logs = texts.map((text, index) => {
      const file = join(folder, `debug-${index}.log`);
      writeFileSync(file, text);
      return file;
    });
    const report = await auditPaths(testRequest({ builtinRules: false, licenses, zone: ZONE }), logs);
    assert.deepEqual(
      report.inputs.map(({ records }) => records.malformed),
      texts.map(() => 0),
    );
    const [row, ...others] = report.licenses;
    assert.deepEqual(others, []);
    return row!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [name, plan] of Object.entries(PLANS)) {
  const isVerbose = plan.handles === true;
  describe(name, () => {
    for (const seed of fewSeeds(100)) {
      test(`read back, use is the truth at every instant (seed ${seed})`, () => {
        const log = made(seed, plan);
        const truth = settled(log.truth);
        const bounds = useAtInstants(
          serverContract(14, plan),
          readBack(flexnetLines(log, isVerbose)),
          truth.keys(),
        );
        for (const [at, inUse] of truth)
          assert.deepEqual({ at, ...bounds.get(at) }, { at, lower: inUse, upper: inUse });
      });
    }

    test('one file and rotated files that overlap come to the truth, and agree with the server at every point', async () => {
      const log = made(7, plan);
      const lines = flexnetLines(log, isVerbose);
      const [whole, pieces] = [
        await rowOf([`${lines.join('\n')}\n`], plan),
        await rowOf(rotated(lines, FILES), plan),
      ];
      const peak = Math.max(...settled(log.truth).values());
      for (const { used, verdict, selfCheck } of [whole, pieces]) {
        assert.deepEqual([used, verdict], [peak, 'within']);
        assert.ok(selfCheck!.points > 5);
        assert.equal(selfCheck!.agree, selfCheck!.points);
      }
      assert.deepEqual(pieces.selfCheck, whole.selfCheck);
    });
  });
}

test('a crash without a word ends its sessions where the contract says so, as the server counts them', async () => {
  const plan = { handles: true, counters: true, crashes: 1 };
  const log = made(8, plan);
  const lines = flexnetLines(log, true);
  const peak = Math.max(...settled(log.truth).values());
  const closing = await rowOf([`${lines.join('\n')}\n`], plan, 'missingCheckin: close-at-restart');
  assert.deepEqual([closing.used, closing.verdict], [peak, 'within']);
  assert.equal(closing.selfCheck!.agree, closing.selfCheck!.points);
  // By default nobody knows when they ended.
  const open = await rowOf([`${lines.join('\n')}\n`], plan);
  assert.equal(open.verdict, 'undetermined');
});
