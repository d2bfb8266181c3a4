/** A list of digests beside a log that was named alone is told of, and of no log that it does not name. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'seals-beside-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const RECORD =
  '{"time":"2026-03-02T08:00:00Z","id":"1","actor":"ann","action":"login","outcome":"success"}\n';
const at = (name: string) => path.join(folder, name);

async function verify(...paths: string[]): Promise<string> {
  const { stdout } = await commands.run(['verify', '--no-config', ...paths], folder);
  return stdout.replaceAll(/\s+/g, ' ');
}

test('verify of one file says that a list beside it was not looked at, and holds the file to it where it is asked to', async () => {
  const digest = crypto.hash('sha256', RECORD);
  fs.writeFileSync(at('SHA256SUMS'), `${digest} *listed.ndjson\n`);
  fs.writeFileSync(at('listed.ndjson'), `${RECORD}\n`);
  fs.writeFileSync(at('other.ndjson'), RECORD);
  const told = /note\[unread-list\]: "SHA256SUMS" names "listed.ndjson" and was not looked at/;
  assert.match(await verify('listed.ndjson'), told);
  assert.match(await verify('*.ndjson'), told);
  assert.doesNotMatch(await verify('other.ndjson'), /unread-list/);
  fs.writeFileSync(at('other.ndjson.sha256'), `${digest}\n`);
  assert.match(await verify('other.ndjson'), /"other.ndjson.sha256" names "other.ndjson"/);
  fs.rmSync(at('other.ndjson.sha256'));
  for (const paths of [['.'], ['listed.ndjson', 'SHA256SUMS']]) {
    const text = await verify(...paths);
    assert.doesNotMatch(text, /unread-list/);
    assert.match(text, /critical\[altered-listed-file\]/);
  }
});

test('names are those that the list is read to have: with blanks, brackets, beyond ASCII; of another folder they are other files', async () => {
  const digest = crypto.hash('sha256', RECORD);
  const names = ['my log.ndjson', 'b(1).ndjson', 'prüf.ndjson'];
  for (const name of names) fs.writeFileSync(at(name), RECORD);
  fs.writeFileSync(at('SHA256SUMS'), names.map((name) => `${digest}  ${name}\n`).join(''));
  for (const name of names) assert.match(await verify(name), /unread-list/, name);
  fs.writeFileSync(at('SHA256SUMS'), `${digest}  elsewhere/b(1).ndjson\n`);
  assert.doesNotMatch(await verify('b(1).ndjson'), /unread-list/);
  // Whoever leaves the list of a folder out knows of it.
  fs.writeFileSync(at('SHA256SUMS'), `${digest}  b(1).ndjson\n`);
  assert.doesNotMatch(await verify('.', '--exclude', '**/SHA256SUMS'), /unread-list/);
});

test('what cannot be read beside a log is no list that names it', async () => {
  fs.writeFileSync(at('listed.ndjson'), RECORD);
  fs.rmSync(at('SHA256SUMS'));
  fs.mkdirSync(at('SHA256SUMS'));
  assert.doesNotMatch(await verify('listed.ndjson'), /unread-list/);
  fs.rmdirSync(at('SHA256SUMS'));
  fs.symlinkSync('nowhere', at('SHA256SUMS'));
  assert.doesNotMatch(await verify('listed.ndjson'), /unread-list/);
  fs.rmSync(at('SHA256SUMS'));
  // Of one that is too long nobody knows what it names.
  fs.writeFileSync(at('SHA256SUMS'), '\n'.repeat(4 * 1024 * 1024 + 1));
  assert.match(
    await verify('listed.ndjson'),
    /note\[unread-list\]: "SHA256SUMS" lies beside "listed.ndjson", and was neither/,
  );
  fs.rmSync(at('SHA256SUMS'));
});

test('a list that is none, or has lines that are none, may have named the log', async () => {
  fs.writeFileSync(at('listed.ndjson'), RECORD);
  fs.writeFileSync(at('other.ndjson'), RECORD);
  const digest = crypto.hash('sha256', RECORD);
  const none = 'expected lines of a digest and a name, found none';
  const cases: [content: string | Buffer, told: string | undefined][] = [
    ['', none],
    ['<html>not found</html>\n', none],
    [Buffer.from([0xff, 0xfe, 0x41]), 'expected lines of UTF-8 text'],
    [`${digest}  gone.ndjson\n${digest.slice(1)}  listed.ndjson\n`, 'in line 2, found'],
    [`${digest}  gone.ndjson\n`, undefined],
  ];
  for (const [content, told] of cases) {
    fs.writeFileSync(at('SHA256SUMS'), content);
    const text = await verify('listed.ndjson');
    if (told === undefined) assert.doesNotMatch(text, /unread-list/);
    else {
      assert.match(
        text,
        /note\[unread-list\]: "SHA256SUMS" lies beside "listed.ndjson" and is no sound list/,
      );
      assert.ok(text.includes(told), text);
    }
  }
  fs.rmSync(at('SHA256SUMS'));
  fs.writeFileSync(at('listed.ndjson.sha256'), 'gone\n');
  assert.match(await verify('listed.ndjson'), /"listed.ndjson.sha256" lies beside "listed.ndjson" and is no/);
  assert.doesNotMatch(await verify('other.ndjson'), /unread-list/);
});
