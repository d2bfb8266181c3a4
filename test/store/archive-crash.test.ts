/**
 * A collection that is killed (kill -9) at any instant leaves an archive that verifies and that the next one goes on with;
 * nothing that was printed as collected is lost, and nothing is there twice.
 * `npm run crash` kills 300 times; the ordinary run six times.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { bundled } from '../support/bundled.ts';
import { assuranceOf, codesOf, contentOf, KEYS, lines, temporaryFolder } from '../support/made-archive.ts';
import { rounds } from '../support/rounds.ts';

const KILLS = rounds(3, 150);

const folder = temporaryFolder('crash');
after(() => fs.rmSync(folder, { recursive: true }));
const key = path.join(folder, 'archive.key');
fs.writeFileSync(key, `${KEYS.signer}\n`);

/** Repeatable chance (mulberry32): a failure names the seed of its kill. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The next child loads while the last one is judged: loading takes longer than collecting. */
class Children {
  private next: ChildProcess | undefined;

  private start(): ChildProcess {
    return fork(bundled('collect-child'), {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
  }

  /** Records that were acknowledged, and whether the run came to its end. `killAfterMs`: from outside. */
  async run(archive: string, sources: string, dieAt: number, killAfterMs?: number) {
    const child = this.next ?? this.start();
    let stdout = '';
    let stderr = '';
    child.stdout!.on('data', (data) => {
      stdout += data;
    });
    child.stderr!.on('data', (data) => {
      stderr += data;
    });
    await once(child, 'message');
    this.next = this.start();
    const started = Date.now();
    let touches = 0;
    child.on('message', (message) => {
      touches = (message as { touches: number }).touches;
    });
    child.send({ archive, sources, key, dieAt });
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    assert.ok(signal === 'SIGKILL' || code === 0, `ended with ${signal ?? code}: ${stderr}`);
    const acknowledged = [...stdout.matchAll(/^collected ([\d,]+) records? .*\n/gm)];
    const records = acknowledged.reduce((sum, match) => sum + Number(match[1]!.replaceAll(',', '')), 0);
    return { records, touches, ms: Date.now() - started };
  }

  close(): void {
    this.next?.kill('SIGKILL');
  }
}

const children = new Children();
after(() => children.close());

/** Some files grow, one is new, in each round. */
function growSources(sources: string, round: number): void {
  for (const name of ['app', 'db']) {
    const more = lines((round % 28) + 1, 'ann', 'bob').map((line) =>
      line.replace('"id":"', `"id":"${name}-${round}-`),
    );
    fs.appendFileSync(path.join(sources, `${name}.log`), `${more.join('\n')}\n`);
  }
  const fresh = lines(1, 'cid').map((line) => line.replace('"id":"', `"id":"new-${round}-`));
  fs.writeFileSync(path.join(sources, `new-${round}.log`), `${fresh.join('\n')}\n`);
}

function linesIn(sources: string): string[] {
  return fs
    .readdirSync(sources)
    .flatMap((name) => fs.readFileSync(path.join(sources, name), 'utf8').split('\n').slice(0, -1));
}

async function judge(archive: string, acknowledged: number, what: string): Promise<void> {
  // Before the first checkpoint there is no archive yet, and nothing was acknowledged.
  if (!fs.existsSync(path.join(archive, 'log', 'checkpoint'))) {
    assert.equal(acknowledged, 0, what);
    return;
  }
  assert.deepEqual(await codesOf(archive), [], what);
  const { anchored = 0, ...rest } = await assuranceOf(archive);
  assert.deepEqual(rest, {}, what);
  assert.ok(
    anchored >= acknowledged,
    `${what}: ${acknowledged} records were acknowledged, ${anchored} are there`,
  );
}

async function campaign(
  name: string,
  kill: (random: () => number, run: { touches: number; ms: number }) => [number, number?],
) {
  const archive = path.join(folder, name);
  const sources = path.join(folder, `${name}-logs`);
  fs.mkdirSync(sources);
  growSources(sources, 0);
  // A round without a kill says how many touches and how much time there are.
  const whole = await children.run(path.join(folder, `${name}-whole`), sources, -1);
  assert.ok(whole.touches > 50, `the disk was touched ${whole.touches} times: the child does not see it`);
  const random = chance(5);
  let acknowledged = 0;
  for (let round = 1; round <= KILLS; round++) {
    const [dieAt, ms] = kill(random, whole);
    acknowledged += (await children.run(archive, sources, dieAt, ms)).records;
    await judge(
      archive,
      acknowledged,
      `round ${round}, killed at ${ms === undefined ? `touch ${dieAt}` : `${ms} ms`}`,
    );
    growSources(sources, round);
  }
  await children.run(archive, sources, -1);
  await judge(archive, acknowledged, 'at the end');
  assert.deepEqual((await contentOf(archive)).toSorted(), linesIn(sources).toSorted());
}

describe('collect()', () => {
  test('survives kill -9 before any touch of the disk', () =>
    campaign('touches', (random, { touches }) => [1 + Math.floor(random() * touches * 1.2)]));

  test('survives kill -9 at any time', () => campaign('times', (random, { ms }) => [-1, random() * ms]));
});
