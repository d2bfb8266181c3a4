/** Whatever code a notice bears, `explain` says what it means; and a folder without a file is told by one. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findingKinds } from '../../src/engine/finding-kinds.ts';
import { NOTICE_KINDS } from '../../src/engine/notice-kinds.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-notices-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));
/** A code beside nothing but a message and a place. Attestations have codes of their own, which no report bears. */
const CODE = /\bcode: '([a-z-]+)',\s*message\b/g;

test('every code in the source beside a message is that of a finding or of a notice, which has words', () => {
  const known = new Set([...findingKinds().keys(), ...NOTICE_KINDS.map(({ code }) => code)]);
  const files = fs
    .readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('attestation'));
  const spoken = files.flatMap((file) =>
    [...fs.readFileSync(path.join(SOURCE, file), 'utf8').matchAll(CODE)].map((match) => match[1]!),
  );
  assert.ok(spoken.includes('unprotected') && spoken.includes('unsealed-records'));
  assert.deepEqual(
    spoken.filter((code) => !known.has(code)),
    [],
  );
  for (const { code } of NOTICE_KINDS) assert.ok(!findingKinds().has(code), code);
});

test('explain says what a notice means and what to do', async () => {
  const { exit, stdout } = await commands.run(['explain', 'unprotected'], folder);
  assert.equal(exit, 0);
  assert.match(stdout, /^unprotected: records that nothing protects\n/);
  assert.match(stdout, /^ {2}fix +Of CloudTrail: .*--public-keys.*audit-check seal/m);
  assert.match((await commands.run(['list', 'codes'], folder)).stdout, /^unsealed-records +.*\(notice\)$/m);
});

test('a folder without a file is said to hold none, alone and beside one with logs', async () => {
  fs.mkdirSync(path.join(folder, 'empty'));
  fs.mkdirSync(path.join(folder, 'logs'));
  fs.writeFileSync(path.join(folder, 'logs/a.ndjson'), '{"time":"2026-03-02T08:00:00Z","actor":"ann"}\n');
  const verify = (...names: string[]) => commands.run(['verify', '--no-config', ...names], folder);
  const alone = await verify('empty');
  assert.equal(alone.exit, 3);
  assert.match(alone.stdout, /note\[empty-folder\]: the folder "empty" holds no file to read/);
  assert.match(alone.stdout, /^incomplete: no record was audited, for there was no file$/m);
  assert.match((await verify('empty', 'logs')).stdout, /note\[empty-folder\]: the folder "empty"/);
  await commands.run(['key', 'generate', 'logs.example/x', '--out', 'seal.key'], folder);
  const sealed = await commands.run(
    ['seal', '--no-config', 'empty', '--into', 'sealed', '--key', 'seal.key'],
    folder,
  );
  assert.match(sealed.stderr, /^note: the folder "empty" holds no file to read$/m);
});
