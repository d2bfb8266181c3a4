/**
 * Writes `fixtures/cloudtrail/`, one small trail for each finding code, with a key that is thrown away: to be run by hand
 * (`node --import tsx test/cloudtrail/write-fixtures.ts`, then `UPDATE=1` for the reports). Files are decompressed and in
 * one folder, so that a review can read them.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  keyList,
  type MadeDigest,
  type MadeFile,
  makeEvent,
  makeSigner,
  makeTrail,
  sign,
  type TrailPlan,
  toJavaJson,
} from '../support/made-trail.ts';

const ROOT = fileURLToPath(new URL('../../fixtures/cloudtrail', import.meta.url));
const signer = makeSigner();
const stranger = makeSigner();
const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 2, 1);

/** A fixture under way: files by name, as they are written in the end. */
class Fixture {
  readonly digests: MadeDigest[];
  readonly files = new Map<string, string>();
  keys = keyList([signer]);

  constructor(changes: Partial<TrailPlan> = {}, more: Partial<TrailPlan>[] = []) {
    const plan = { accounts: ['111122223333'], regions: ['eu-west-1'], hours: 3, signer, ...changes };
    const folder = path.join(tmpdir(), `audit-check-fixture-${process.pid}`);
    this.digests = [plan, ...more.map((each) => ({ ...plan, ...each }))].flatMap((each) =>
      [...makeTrail(folder, each).streams.values()].flat(),
    );
    rmSync(folder, { recursive: true });
    rmSync(`${folder}-keys.json`);
    for (const digest of this.digests)
      for (const file of [digest, ...digest.logs]) this.files.set(nameOf(file), file.text);
    const last = new Map(this.digests.map((digest) => [`${digest.stream}`, digest]));
    for (const digest of last.values()) this.setMetadata(digest, digest.signature);
  }

  setMetadata(digest: MadeDigest, signature: string): void {
    const Metadata = { signature, 'signature-algorithm': 'SHA256withRSA' };
    this.files.set(`${nameOf(digest)}.metadata.json`, `${JSON.stringify({ Metadata }, null, 2)}\n`);
  }

  change(digest: MadeDigest, change: (content: Record<string, unknown>) => void): string {
    const content = JSON.parse(this.files.get(nameOf(digest))!);
    change(content);
    const text = toJavaJson(content);
    this.files.set(nameOf(digest), text);
    return text;
  }

  remove(...files: MadeFile[]): void {
    for (const file of files) this.files.delete(nameOf(file));
  }

  rename(from: string, to: string): void {
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }

  write(name: string): void {
    const folder = path.join(ROOT, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(path.join(folder, 'logs'), { recursive: true });
    for (const [file, text] of this.files) writeFileSync(path.join(folder, 'logs', file), text);
    writeFileSync(path.join(folder, 'keys.json'), this.keys);
    writeFileSync(path.join(folder, 'audit-check.yaml'), 'logs: logs\npublicKeys: keys.json\n');
  }
}

function nameOf({ key }: MadeFile): string {
  return path.basename(key).replace(/\.gz$/, '');
}

function write(
  name: string,
  spoil: (fixture: Fixture) => void = () => {},
  ...plans: Partial<TrailPlan>[]
): void {
  const fixture = new Fixture(plans[0], plans.slice(1));
  spoil(fixture);
  fixture.write(name);
}

const edit = (content: Record<string, unknown>) => {
  content.oldestEventTime = '2026-02-01T00:00:00Z';
};

write('ok-signed');
write('ok-quiet-hour', () => {}, { isQuiet: (hour) => hour === 1 });
write('ok-two-accounts', () => {}, { accounts: ['111122223333', '444455556666'], hours: 2 });
write('bad-altered-digest', (fixture) => fixture.change(fixture.digests[1]!, edit));
write('bad-bad-digest-signature', (fixture) =>
  fixture.setMetadata(fixture.digests[2]!, fixture.digests[1]!.signature),
);
write('bad-broken-digest-link', (fixture) =>
  fixture.setMetadata(fixture.digests[1]!, fixture.digests[0]!.signature),
);
write('bad-digest-key-out-of-validity', (fixture) => {
  fixture.keys = keyList([signer], '2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z');
});
write(
  'bad-digests-end-early',
  (fixture) => {
    const [, second] = fixture.digests.filter(({ stream }) => stream.startsWith('4444'));
    const last = fixture.digests.at(-1)!;
    fixture.files.delete(`${nameOf(last)}.metadata.json`);
    fixture.remove(last, ...last.logs);
    fixture.setMetadata(second!, second!.signature);
  },
  { accounts: ['111122223333', '444455556666'] },
);
write('bad-malformed-digest', (fixture) =>
  fixture.files.set(nameOf(fixture.digests[2]!), '{"awsAccountId":"111122223333"}'),
);
write('bad-missing-digest', (fixture) => fixture.remove(fixture.digests[1]!, ...fixture.digests[1]!.logs));
write('bad-missing-earlier-digests', (fixture) =>
  fixture.remove(fixture.digests[0]!, ...fixture.digests[0]!.logs),
);
write('bad-moved-digest', (fixture) => fixture.rename(nameOf(fixture.digests[1]!), 'renamed.json'));
write('bad-no-digests', (fixture) => {
  for (const name of fixture.files.keys()) if (name.includes('CloudTrail-Digest')) fixture.files.delete(name);
});
write('bad-uncovered-hours', () => {}, { hours: 1 }, { hours: 2, start: START + 5 * HOUR_MS });
write('bad-unknown-digest-key', (fixture) => {
  fixture.keys = keyList([stranger]);
});
write('bad-unsupported-digest-algorithm', (fixture) => {
  const newest = fixture.digests[2]!;
  const text = fixture.change(newest, (content) => {
    content.digestSignatureAlgorithm = 'SHA1withRSA';
  });
  fixture.setMetadata(newest, sign(text, signer));
});
write('bad-unverified-digest', (fixture) =>
  fixture.files.delete(`${nameOf(fixture.digests[2]!)}.metadata.json`),
);
write('bad-altered-file', (fixture) => {
  const [log] = fixture.digests[1]!.logs;
  fixture.files.set(nameOf(log!), log!.text.replace('"userName":"ann"', '"userName":"bob"'));
});
write('bad-missing-file', (fixture) => fixture.remove(fixture.digests[1]!.logs[0]!));
write('bad-moved-file', (fixture) => fixture.rename(nameOf(fixture.digests[1]!.logs[0]!), 'evidence.json'));
write('bad-swapped-files', (fixture) => {
  const [one, two] = fixture.digests[1]!.logs;
  fixture.files.set(nameOf(one!), two!.text);
  fixture.files.set(nameOf(two!), one!.text);
});
write('bad-unlisted-file', (fixture) => {
  const event = makeEvent('111122223333', 'eu-west-1', START + HOUR_MS, 'planted');
  const name = '111122223333_CloudTrail_eu-west-1_20260301T0105Z_Plantedx7Yz01234.json';
  fixture.files.set(name, JSON.stringify({ Records: [event] }));
});
write('bad-unsealed-file', (fixture) => {
  const event = makeEvent('111122223333', 'eu-west-1', START + 30 * HOUR_MS, 'later');
  const name = '111122223333_CloudTrail_eu-west-1_20260302T0605Z_Laterxxx7Yz01234.json';
  fixture.files.set(name, JSON.stringify({ Records: [event] }));
});
