/**
 * What is done to a bucket, and what is said of it: each attack on a fresh copy of one good trail, at places drawn at random.
 * `BIG=1` makes the bucket of the design (2 accounts, 3 regions, 30 days) and prints what was found.
 *
 * Over 250 lines: one entry an attack.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseJsonText } from '../../src/base/json.ts';
import { isKeyList } from '../../src/cloudtrail/public-keys.ts';
import type { Report } from '../../src/model/report.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';
import {
  keyList,
  type MadeDigest,
  type MadeFile,
  type MadeTrail,
  makeEvent,
  makeSigner,
  makeTrail,
  sha256,
  sign,
  toJavaJson,
  writeMetadata,
} from '../support/made-trail.ts';

const BIG = process.env.BIG === '1';
const HOURS = BIG ? 30 * 24 : 8;
const ACCOUNTS = ['111122223333', '444455556666'];
const REGIONS = BIG ? ['ap-south-1', 'eu-central-1', 'us-east-1'] : ['eu-central-1'];
/** Random places of each attack. */
const CASES = BIG ? 1 : 2;

const home = mkdtempSync(path.join(tmpdir(), 'audit-check-trail-'));
after(() => rmSync(home, { recursive: true, force: true }));

const signer = makeSigner();
const good = path.join(home, 'good');
const trail = makeTrail(good, {
  accounts: ACCOUNTS,
  regions: REGIONS,
  hours: HOURS,
  isQuiet: (hour) => hour % 5 === 3,
  signer,
});
const all = [...trail.streams.values()];
const request = testRequest({ builtinRules: false, publicKeys: [trail.keysFile] });

/** Numerical Recipes' generator: cases are the same in every run. */
let seed = 20_260_301;
function below(limit: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

function pick<Value>(values: readonly Value[]): Value {
  return values[below(values.length)]!;
}

const COPY = path.join(home, 'copy');
cpSync(good, COPY, { recursive: true });
/** Of the copy as it was made: size and time of each file by its name. */
const pristine = new Map(filesOf(COPY).map((file) => [file, stampOf(path.join(COPY, file))]));

function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

function stampOf(file: string): string {
  const { size, mtimeNs } = statSync(file, { bigint: true });
  return `${size} ${mtimeNs}`;
}

/** The same trail in another folder, where what the last attack did is undone: to copy all takes longer than to judge it. */
function copyTrail(): MadeTrail {
  const present = new Set(filesOf(COPY));
  for (const file of present) if (!pristine.has(file)) rmSync(path.join(COPY, file));
  for (const [file, stamp] of pristine) {
    const place = path.join(COPY, file);
    if (present.has(file) && stampOf(place) === stamp) continue;
    cpSync(path.join(good, file), place);
    pristine.set(file, stampOf(place));
  }
  const moved = <File extends MadeFile>(file: File): File => ({ ...file, file: path.join(COPY, file.key) });
  const streams = new Map(
    [...trail.streams].map(([name, digests]) => [
      name,
      digests.map((digest) => ({ ...moved(digest), logs: digest.logs.map(moved) })),
    ]),
  );
  return { folder: COPY, keysFile: trail.keysFile, streams };
}

async function judge({ folder }: { folder: string }, options: Partial<typeof request> = {}): Promise<Report> {
  return auditPaths({ ...request, ...options }, [folder]);
}

function codes({ findings }: Report): string[] {
  // What is left of a truncated record is told by reading, if anything is.
  const isCut = findings.some(({ code }) => code === 'truncated-input');
  return findings.flatMap(({ code }) => (isCut && code === 'malformed-record' ? [] : [code])).sort();
}

/** `code: file name: message` of each finding. */
function told({ findings }: Report): string {
  return findings
    .map(({ code, place, message }) => `${code}: ${path.basename(place.file)}: ${message}`)
    .join('\n');
}

/** A digest that is neither the first nor the newest of its stream. */
function middle(digests: readonly MadeDigest[]): number {
  return 2 + below(digests.length - 4);
}

function rewrite(digest: MadeDigest, change: (content: Record<string, unknown>) => void): string {
  const content = JSON.parse(digest.text);
  change(content);
  const text = toJavaJson(content);
  writeFileSync(digest.file, gzipSync(text));
  return text;
}

function remove(digests: readonly MadeDigest[], from: number, amount: number, withLogs = false): void {
  for (const digest of digests.slice(from, from + amount)) {
    rmSync(digest.file);
    rmSync(`${digest.file}.metadata.json`, { force: true });
    if (withLogs) for (const log of digest.logs) rmSync(log.file);
  }
}

type Attack = {
  name: string;
  /** Does it, and says what must be told: every code of it, and what the text names. */
  run(copy: MadeTrail): {
    codes: string[];
    names?: (string | RegExp)[];
    verdict?: Report['summary']['verdict'];
  };
};

const logsOf = (digests: readonly MadeDigest[]) => digests.flatMap(({ logs }) => logs);
const base = (file: MadeFile) => path.basename(file.file);

const ATTACKS: readonly Attack[] = [
  {
    name: 'one digest deleted',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const at = middle(digests);
      remove(digests, at, 1, true);
      return { codes: ['missing-digest'], names: [base(digests[at]!), '1 digest missing'] };
    },
  },
  {
    name: 'one digest deleted, its log files left',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const at = digests.findIndex(({ logs }, index) => index > 1 && logs.length > 0);
      remove(digests, at, 1);
      return { codes: ['missing-digest', 'unsealed-file'], names: [base(digests[at]!)] };
    },
  },
  {
    name: 'two digests in a row deleted',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const at = 2 + below(digests.length - 5);
      remove(digests, at, 2, true);
      const ends = [at, at + 1].map((index) => JSON.parse(digests[index]!.text).digestEndTime);
      return { codes: ['missing-digest'], names: ['2 digests missing', ...ends] };
    },
  },
  {
    name: 'the newest digest deleted, with its metadata and log files',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      remove(digests, digests.length - 1, 1, true);
      return { codes: ['digests-end-early', 'unverified-digest'], names: [base(digests.at(-2)!)] };
    },
  },
  {
    name: 'the newest digest deleted, its metadata left',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const newest = digests.at(-1)!;
      rmSync(newest.file);
      for (const log of newest.logs) rmSync(log.file);
      return { codes: ['digests-end-early', 'missing-digest', 'unverified-digest'], names: [base(newest)] };
    },
  },
  {
    name: 'the first digest deleted',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      remove(digests, 0, 1, true);
      return { codes: ['missing-earlier-digests'], names: [base(digests[0]!)] };
    },
  },
  {
    name: 'all digests deleted',
    run({ streams }) {
      for (const digests of streams.values()) remove(digests, 0, digests.length);
      return {
        codes: ['no-digests'],
        names: [/no digest is here, but [\d,]+ log files/],
        verdict: 'incomplete',
      };
    },
  },
  {
    name: 'all digests of one stream deleted',
    run({ streams }) {
      const [name, digests] = pick([...streams]);
      remove(digests, 0, digests.length);
      return { codes: ['unsealed-file'], names: [`no digest of "${name.replace('/', ' ')}" is here`] };
    },
  },
  {
    name: 'a log file deleted',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      rmSync(log.file);
      return { codes: ['missing-file'], names: [base(log)] };
    },
  },
  {
    name: 'a log file planted',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()]).slice(0, -2)));
      const planted = log.file.replace(/_[^_]+\.json\.gz$/, '_Plantedx7Yz01234.json.gz');
      const [, account, region] = /(\d{12})_CloudTrail_([a-z0-9-]+)_/.exec(planted)!;
      const event = makeEvent(account!, region!, Date.UTC(2026, 2, 1), 'planted');
      writeFileSync(planted, gzipSync(JSON.stringify({ Records: [event] })));
      return { codes: ['unlisted-file'], names: [path.basename(planted)] };
    },
  },
  {
    name: 'a log file edited',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      writeFileSync(log.file, gzipSync(log.text.replace('203.0.113.7', '203.0.113.8')));
      return { codes: ['altered-file'], names: [base(log)] };
    },
  },
  {
    name: 'a log file reformatted with the same values',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      writeFileSync(log.file, gzipSync(JSON.stringify(JSON.parse(log.text), null, 1)));
      return { codes: ['altered-file'], names: [base(log)] };
    },
  },
  {
    name: 'a log file renamed',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      renameSync(log.file, log.file.replace(/_[^_]+\.json\.gz$/, '_Renamedx7Yz01234.json.gz'));
      return { codes: ['moved-file'], names: [base(log), /was renamed/] };
    },
  },
  {
    name: 'a log file moved to another day',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      const folder = path.join(path.dirname(path.dirname(log.file)), '31');
      mkdirSync(folder, { recursive: true });
      renameSync(log.file, path.join(folder, base(log)));
      return { codes: ['moved-file'], names: [/expected in the folder of/] };
    },
  },
  {
    name: 'a log file truncated',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      const stored = readFileSync(log.file);
      writeFileSync(log.file, stored.subarray(0, 40 + below(stored.length - 60)));
      return {
        codes: ['altered-file', 'truncated-input'],
        names: [/not be read to its end/],
        verdict: 'incomplete',
      };
    },
  },
  {
    name: 'bytes appended to a log file behind its gzip stream',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      writeFileSync(log.file, Buffer.concat([readFileSync(log.file), Buffer.from('{"Records":[]}')]));
      return { codes: ['trailing-garbage'], names: [base(log)], verdict: 'incomplete' };
    },
  },
  {
    name: 'a gzip member appended to a log file',
    run({ streams }) {
      const log = pick(logsOf(pick([...streams.values()])));
      writeFileSync(log.file, Buffer.concat([readFileSync(log.file), gzipSync('{"Records":[]}')]));
      return { codes: ['altered-file'], names: [base(log)] };
    },
  },
  {
    name: 'two log files swapped',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const logs = logsOf(digests);
      const at = below(logs.length - 1);
      const [one, two] = [logs[at]!, logs[at + 1]!];
      writeFileSync(one.file, gzipSync(two.text));
      writeFileSync(two.file, gzipSync(one.text));
      return {
        codes: ['swapped-files'],
        names: [base(one).replace('.gz', ''), base(two).replace('.gz', '')],
      };
    },
  },
  {
    name: 'a log file replaced by a copy of another',
    run({ streams }) {
      const logs = logsOf(pick([...streams.values()]));
      const at = below(logs.length - 1);
      writeFileSync(logs[at]!.file, gzipSync(logs[at + 1]!.text));
      // The copied event stands there twice.
      return { codes: ['altered-file', 'duplicate-record'], names: [base(logs[at + 1]!)] };
    },
  },
  {
    name: 'a digest edited and packed again',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const digest = digests[middle(digests)]!;
      rewrite(digest, (content) => {
        content.oldestEventTime = '2026-01-01T00:00:00Z';
      });
      return { codes: ['altered-digest'], names: [base(digest)] };
    },
  },
  {
    name: 'a log file deleted, and its entry in the digest with it',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const digest = digests.slice(1, -1).find(({ logs }) => logs.length > 0)!;
      rmSync(digest.logs[0]!.file);
      rewrite(digest, (content) => {
        (content.logFiles as unknown[]).shift();
      });
      return { codes: ['altered-digest'], names: [base(digest)] };
    },
  },
  {
    name: 'the newest digest edited',
    run({ streams }) {
      const digest = pick([...streams.values()]).at(-1)!;
      rewrite(digest, (content) => {
        content.newestEventTime = '2026-01-01T00:00:00Z';
      });
      return { codes: ['bad-digest-signature'], names: [base(digest)] };
    },
  },
  {
    name: 'the signature of the newest digest replaced by that of another',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      writeMetadata(digests.at(-1)!, { signature: digests.at(-2)!.signature });
      return { codes: ['bad-digest-signature'], names: [base(digests.at(-1)!)] };
    },
  },
  {
    name: 'the signature that a digest carries for the one before it replaced',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const at = middle(digests);
      rewrite(digests[at]!, (content) => {
        content.previousDigestSignature = digests[at - 2]!.signature;
      });
      return { codes: ['altered-digest'], names: [base(digests[at]!)] };
    },
  },
  {
    name: 'the metadata of an older digest hold another signature',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const at = middle(digests);
      writeMetadata(digests[at]!, { signature: digests[at - 1]!.signature });
      return { codes: ['broken-digest-link'], names: [base(digests[at]!), 'the latter holds'] };
    },
  },
  {
    name: 'digests of two accounts swapped',
    run({ streams }) {
      const [one, two] = ACCOUNTS.map((account) => streams.get(`${account}/${REGIONS[0]}`)!);
      const at = middle(one!);
      writeFileSync(one![at]!.file, gzipSync(two![at]!.text));
      writeFileSync(two![at]!.file, gzipSync(one![at]!.text));
      return { codes: ['moved-digest', 'moved-digest'], names: [base(one![at]!), base(two![at]!)] };
    },
  },
  {
    name: 'a digest copied to another place of the bucket',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const digest = digests[middle(digests)]!;
      const folder = path.join(path.dirname(digest.file), '..', '27');
      mkdirSync(folder, { recursive: true });
      cpSync(digest.file, path.join(folder, base(digest)));
      return { codes: ['moved-digest'], names: [/it is a copy of/] };
    },
  },
  {
    name: 'a digest copied over the next',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const at = middle(digests);
      cpSync(digests[at]!.file, digests[at + 1]!.file);
      const withLogs = digests[at + 1]!.logs.length > 0;
      return {
        codes: ['missing-digest', 'moved-digest', ...(withLogs ? ['unsealed-file'] : [])],
        names: [base(digests[at]!), base(digests[at + 1]!)],
      };
    },
  },
  {
    name: 'the chain from some digest on forged with a key of one’s own',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      resign(digests, middle(digests), 'own');
      return { codes: ['altered-digest', 'unknown-digest-key'].slice(1), names: [forger.fingerprint] };
    },
  },
  {
    name: 'the chain from some digest on forged under the name of the genuine key',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      resign(digests, middle(digests), 'genuine');
      return { codes: ['bad-digest-signature'], names: [/does not hold/] };
    },
  },
  {
    name: 'a digest that is no JSON',
    run({ streams }) {
      const digests = pick([...streams.values()]);
      const at = digests.findIndex(({ logs }, index) => index > 1 && logs.length === 0);
      writeFileSync(digests[at]!.file, gzipSync(`${digests[at]!.text.slice(0, 200)}`));
      return { codes: ['malformed-digest', 'missing-digest'], names: [base(digests[at]!)] };
    },
  },
  {
    name: 'events hidden under the name of a digest',
    run({ streams }) {
      const digest = pick([...streams.values()])[2]!;
      const place = digest.file.replace(/\d{6}Z\.json\.gz$/, '003000Z.json.gz');
      writeFileSync(place, gzipSync(digest.logs[0]?.text ?? '{"Records":[]}'));
      return { codes: ['malformed-digest'], names: [path.basename(place)] };
    },
  },
];

const forger = makeSigner();

/** Forges digests from `from` on: another content, linked and signed anew. */
function resign(digests: readonly MadeDigest[], from: number, fingerprint: 'own' | 'genuine'): void {
  let previous = { text: digests[from - 1]!.text, signature: digests[from - 1]!.signature };
  for (const digest of digests.slice(from)) {
    const text = rewrite(digest, (content) => {
      if (fingerprint === 'own') content.digestPublicKeyFingerprint = forger.fingerprint;
      content.oldestEventTime = '2026-01-01T00:00:00Z';
      content.previousDigestHashValue = sha256(previous.text);
      content.previousDigestSignature = previous.signature;
    });
    previous = { text, signature: sign(text, forger) };
  }
  writeMetadata(digests.at(-1)!, { signature: previous.signature });
}

describe('a good trail', () => {
  test('verifies, every stream anchored, every file accounted for', async () => {
    const report = await judge({ folder: good });
    assert.equal(told(report), '');
    assert.equal(report.summary.verdict, 'clean');
    assert.equal(report.streams.length, ACCOUNTS.length * REGIONS.length);
    for (const { status, ranges, records } of report.streams) {
      assert.deepEqual([status, ranges.length], ['anchored', 1]);
      assert.equal(records, ranges[0]!.files);
    }
    const events = report.streams.reduce((sum, { records }) => sum + records, 0);
    assert.equal(events, report.summary.records.audited);
    const sealing = report.inputs.filter(({ seals }) => seals === 'cloudtrail-digests');
    assert.equal(sealing.length, all.flat().length + all.length);
    for (const { decodedBytes, accounted } of report.inputs) {
      const { records, malformed, framing, seals = 0 } = accounted;
      assert.equal(records + malformed + framing + seals, decodedBytes);
    }
    if (BIG)
      console.log(
        `${report.inputs.length} files, ${sealing.length} of them seals, ${events} events: ${report.summary.verdict}`,
      );
  });
});

describe('an attack is named, and nothing else is', () => {
  for (const { name, run } of ATTACKS) {
    test(name, async () => {
      for (let number = 0; number < CASES; number++) {
        const copy = copyTrail();
        const expected = run(copy);
        const report = await judge(copy);
        const text = told(report);
        if (BIG) console.log(`${name}\n  ${text.replaceAll('\n', '\n  ')}`);
        assert.deepEqual(codes(report), expected.codes, text);
        for (const what of expected.names ?? [])
          assert.ok(
            typeof what === 'string' ? text.includes(what) : what.test(text),
            `${what} is not in\n${text}`,
          );
        assert.equal(report.summary.verdict, expected.verdict ?? 'findings');
      }
    });
  }
});

test('a flipped bit in a compressed file is told, unless the content is the same', async () => {
  for (let number = 0; number < (BIG ? 3 : 8); number++) {
    const copy = copyTrail();
    const digests = pick([...copy.streams.values()]);
    const file = pick<MadeFile>(number % 2 === 0 ? logsOf(digests) : digests);
    const stored = readFileSync(file.file);
    const at = below(stored.length * 8);
    stored[at >> 3]! ^= 1 << (at & 7);
    writeFileSync(file.file, stored);
    let content: string | undefined;
    try {
      content = gunzipSync(stored).toString();
    } catch {
      content = undefined;
    }
    const report = await judge(copy);
    assert.equal(
      report.findings.length === 0,
      content === file.text,
      `bit ${at} of ${file.file}\n${told(report)}`,
    );
  }
});

describe('what is no attack', () => {
  test('a flattened copy verifies, also where everything was decompressed', async () => {
    for (const isPacked of [true, false]) {
      const folder = path.join(home, `flat-${isPacked}`);
      mkdirSync(folder);
      for (const file of [...all.flat(), ...logsOf(all.flat())]) {
        const name = path.basename(file.key);
        writeFileSync(
          path.join(folder, isPacked ? name : name.replace(/\.gz$/, '')),
          isPacked ? gzipSync(file.text) : file.text,
        );
      }
      for (const digests of all)
        cpSync(
          `${digests.at(-1)!.file}.metadata.json`,
          path.join(folder, `${path.basename(digests.at(-1)!.key)}.metadata.json`),
        );
      const report = await judge({ folder });
      assert.equal(told(report), '');
      assert.deepEqual(new Set(report.streams.map(({ status }) => status)), new Set(['anchored']));
    }
  });

  test('without public keys hashes and links are compared, and one finding says what was not', async () => {
    const { publicKeys: _, ...keyless } = request;
    const report = await auditPaths(keyless, [good]);
    assert.deepEqual(codes(report), ['unverified-digest']);
    assert.match(told(report), /no public keys were given/);
    assert.deepEqual(
      report.streams[0]!.ranges.map(({ assurance }) => assurance),
      ['chained', 'unverifiable'],
    );
    const copy = copyTrail();
    const digests = pick([...copy.streams.values()]);
    rewrite(digests[4]!, (content) => {
      content.oldestEventTime = null;
    });
    assert.deepEqual(codes(await auditPaths(keyless, [copy.folder])), [
      'altered-digest',
      'unverified-digest',
    ]);
  });

  test('a part of a trail, where --since says from when on it is to be complete', async () => {
    const copy = copyTrail();
    for (const digests of copy.streams.values()) remove(digests, 0, 3, true);
    const told = codes(await judge(copy));
    assert.deepEqual(new Set(told), new Set(['missing-earlier-digests']));
    const since = BigInt(Date.UTC(2026, 2, 1, 3)) * 1_000_000n;
    assert.deepEqual(codes(await judge(copy, { since })), []);
  });

  test('a trail of an organization', async () => {
    const folder = path.join(home, 'organization');
    makeTrail(folder, {
      accounts: ACCOUNTS,
      regions: ['eu-west-1'],
      hours: 3,
      organization: 'o-abc123/',
      signer,
    });
    const report = await judge({ folder });
    assert.equal(told(report), '');
  });
});

test('a trail that was stopped and started is told, with the hours between', async () => {
  const folder = path.join(home, 'stopped');
  const plan = { accounts: ['111122223333'], regions: ['eu-west-1'], hours: 3, signer };
  makeTrail(folder, plan);
  makeTrail(folder, { ...plan, start: Date.UTC(2026, 2, 1, 7) });
  const report = await judge({ folder });
  assert.deepEqual(codes(report), ['uncovered-hours', 'unverified-digest'].slice(0, 1));
  assert.match(told(report), /no digest covers 2026-03-01T03:00:00Z to 2026-03-01T07:00:00Z \(4 hours\)/);
});

test('digests that end before the audited time are told by --now and by --until', async () => {
  const late = await judge({ folder: good }, { generated: '2026-06-01T00:00:00Z' });
  assert.deepEqual(new Set(codes(late)), new Set(['digests-end-early']));
  const end = Date.UTC(2026, 2, 1, HOURS);
  const inTime = await judge({ folder: good }, { generated: new Date(end + 90 * 60_000).toISOString() });
  assert.deepEqual(codes(inTime), []);
  const until = BigInt(end + 3_600_000) * 1_000_000n;
  assert.deepEqual(new Set(codes(await judge({ folder: good }, { until }))), new Set(['digests-end-early']));
});

test('events beside a list of keys are audited, and told to be planted', async () => {
  const copy = copyTrail();
  const event = makeEvent(ACCOUNTS[0]!, REGIONS[0]!, Date.UTC(2026, 2, 1, 1), 'planted');
  writeFileSync(path.join(copy.folder, 'k.json'), JSON.stringify({ PublicKeyList: [], Records: [event] }));
  const report = await judge(copy);
  assert.ok(codes(report).includes('unlisted-file'), told(report));
});

test('events in what looks like a list of keys are audited, and told to be planted', async () => {
  const copy = copyTrail();
  const event = makeEvent(ACCOUNTS[0]!, REGIONS[0]!, Date.UTC(2026, 2, 1, 1), 'planted');
  const key = { Value: 'a', Fingerprint: 'b', ValidityStartTime: '1', ValidityEndTime: '2' };
  const documents = [
    { PublicKeyList: [event] },
    { PublicKeyList: [{ ...key, note: event }] },
    { PublicKeyList: [{ ...key, eventName: 'StopLogging' }] },
    { PublicKeyList: [key], NextToken: { Records: [event] } },
  ];
  for (const [index, document] of documents.entries()) {
    writeFileSync(path.join(copy.folder, 'k.json'), JSON.stringify(document));
    const { findings, inputs } = await judge(copy);
    const file = inputs.find(({ file: each }) => each.endsWith('k.json'))!;
    assert.equal(file.records.read, 1, String(index));
    assert.ok(
      findings.some(({ place }) => place.file === file.file),
      String(index),
    );
  }
  assert.equal(isKeyList(parseJsonText(JSON.stringify({ PublicKeyList: [key], NextToken: 'n' }))), true);
});

test('a log file in whose place a pipe lies is missing', async () => {
  const copy = copyTrail();
  const { file } = logsOf([...copy.streams.values()][0]!)[0]!;
  rmSync(file);
  assert.equal(spawnSync('mkfifo', [file]).status, 0);
  try {
    assert.deepEqual(codes(await judge(copy)), ['missing-file']);
  } finally {
    rmSync(file);
  }
});

test('a key is held to the time in which it was valid', async () => {
  const old = path.join(home, 'old-keys.json');
  writeFileSync(old, keyList([signer], '2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z'));
  const report = await judge({ folder: good }, testRequest({ builtinRules: false, publicKeys: [old] }));
  assert.deepEqual(new Set(codes(report)), new Set(['digest-key-out-of-validity']));
  assert.equal(codes(report).length, all.length, 'one finding a stream');
});

test('an algorithm that is not known is neither believed nor passed over', async () => {
  const copy = copyTrail();
  const digest = pick([...copy.streams.values()]).at(-1)!;
  const text = rewrite(digest, (content) => {
    content.digestSignatureAlgorithm = 'none';
  });
  writeMetadata(digest, { signature: sign(text, signer) });
  assert.deepEqual(codes(await judge(copy)), ['unsupported-digest-algorithm']);
});
