/** Lists of digests in every form their tools write, and in forms that nobody should. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { isChecksumListName, parseChecksumList } from '../../src/manifests/checksum-list.ts';
import { lastDigest, linkStep, parseLinkingInfo } from '../../src/manifests/linking-info.ts';
import { heldFiles } from '../../src/manifests/manifest.ts';

const SHA256 = createHash('sha256').update('abc').digest('hex');
const SHA512 = createHash('sha512').update('abc').digest('hex');

describe('parseChecksumList()', () => {
  const entryOf = (line: string, file = 'SHA256SUMS') => parseChecksumList(file, `${line}\n`).entries[0];

  test('reads what sha256sum writes, in text and in binary mode, whatever ends the line', () => {
    const entry = { name: 'a b.ndjson', digest: SHA256, algorithm: 'sha256', line: 1 };
    assert.deepEqual(entryOf(`${SHA256}  a b.ndjson`), entry);
    assert.deepEqual(entryOf(`${SHA256.toUpperCase()} *a b.ndjson\r`), entry);
  });

  test('reads what BSD writes, with the algorithm said', () => {
    assert.deepEqual(entryOf(`SHA512 (a (1).ndjson) = ${SHA512}`), {
      name: 'a (1).ndjson',
      digest: SHA512,
      algorithm: 'sha512',
      line: 1,
    });
  });

  test('refuses a line whose algorithm and digest do not go together', () => {
    const { entries, faults } = parseChecksumList('SHA256SUMS', `SHA512 (a) = ${SHA256}\nsomething else\n`);
    assert.deepEqual(entries, []);
    assert.deepEqual(
      faults.map(({ line }) => line),
      [1, 2],
    );
  });

  test('undoes the escapes of a name with a newline or a backslash', () => {
    assert.equal(entryOf(`\\${SHA256}  a\\nb\\\\c`)?.name, 'a\nb\\c');
    assert.equal(entryOf(`${SHA256}  a\\nb`)?.name, 'a\\nb');
  });

  test('takes a digest alone for the file it is called after', () => {
    assert.equal(entryOf(SHA256, 'logs/a.ndjson.sha256')?.name, 'a.ndjson');
    assert.equal(entryOf(SHA256, 'logs/SHA256SUMS'), undefined);
  });

  test('reads the lines within an OpenPGP signature, and says that there is one', () => {
    const text = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${SHA256}  a\n-----BEGIN PGP SIGNATURE-----\niQ==\n-----END PGP SIGNATURE-----\n`;
    const { entries, faults, signed } = parseChecksumList('CHECKSUM', text);
    assert.equal(entries.length, 1);
    assert.deepEqual(faults, []);
    assert.equal(signed, true);
  });
});

describe('parseChecksumList() of a list with an OpenPGP signature', () => {
  const message = (...signed: string[]) => [
    '-----BEGIN PGP SIGNED MESSAGE-----',
    'Hash: SHA256',
    '',
    ...signed,
    '-----BEGIN PGP SIGNATURE-----',
    '',
    'iQ==',
    '-----END PGP SIGNATURE-----',
  ];
  const parse = (...lines: string[]) => {
    const { entries, faults, signed } = parseChecksumList('SHA256SUMS', `${lines.join('\n')}\n`);
    return { names: entries.map(({ name }) => name), faults: faults.map(({ line }) => line), signed };
  };
  const [listed, planted] = [`${SHA256}  a`, `${SHA256}  planted`];

  test('takes no line from before or behind what is signed, or from among its headers', () => {
    assert.deepEqual(parse(planted, ...message(listed)), { names: ['a'], faults: [1], signed: true });
    assert.deepEqual(parse(...message(listed), planted), { names: ['a'], faults: [9], signed: true });
    const within = message(listed).toSpliced(2, 0, planted);
    assert.deepEqual(parse(...within), { names: ['a'], faults: [3], signed: true });
    const twice = parse(...message(listed), ...message(planted));
    assert.deepEqual([twice.names, twice.faults.length > 0], [['a'], true]);
  });

  test('says that none is signed where a signature is over no message', () => {
    const [, , , ...bare] = message(listed);
    assert.deepEqual(parse(...bare), { names: ['a'], faults: [], signed: false });
    assert.deepEqual(parse(...message(listed).slice(0, 4)), { names: ['a'], faults: [], signed: false });
  });

  test('reads a line ended by a carriage return, and comments around the message', () => {
    const text = message(`${listed}\r`).map((line) => `${line}\r`);
    assert.deepEqual(parse('# made by ann', ...message(listed)), { names: ['a'], faults: [], signed: true });
    assert.deepEqual(parse(...text).signed, true);
  });
});

test('isChecksumListName() knows lists by their usual names, and no log', () => {
  const names = ['SHA256SUMS', 'x/sha512sum.txt', 'CHECKSUM', 'checksums.txt', 'a.ndjson.sha256', 'MD5SUMS'];
  for (const name of names) assert.ok(isChecksumListName(name), name);
  for (const name of ['checksums.json', 'sha256.ndjson', 'a.log', 'linkinginfo'])
    assert.ok(!isChecksumListName(name), name);
});

describe('heldFiles()', () => {
  const found = (name: string, isOfWindows: boolean, ...files: string[]) =>
    heldFiles('logs/SHA256SUMS', name, isOfWindows, (file) => files.includes(file));

  test('keeps names within the folder of their list', () => {
    assert.deepEqual(found('./day/a.ndjson', false), ['logs/day/a.ndjson']);
    for (const isOfWindows of [false, true])
      for (const name of ['../a', 'x/../../a', '/etc/passwd', '.'])
        assert.deepEqual(found(name, isOfWindows), [undefined], name);
    for (const name of ['..\\a', 'x\\..\\..\\a', '\\a', 'C:\\a', 'C:a', '\\\\host\\a'])
      assert.deepEqual(found(name, true), [undefined], name);
  });

  test('takes a name as it stands, and a backslash for a folder only in a list of Windows', () => {
    for (const name of ['a\\x2d.ndjson', 'a:1.ndjson', 'C:\\a', '..\\a'])
      assert.deepEqual(found(name, false), [`logs/${name}`]);
    assert.deepEqual(found('day\\a.ndjson', true), ['logs/day/a.ndjson']);
  });

  test('takes the file of that very name, and in a list of Windows also the one in a folder', () => {
    const [inFolder, literal] = ['logs/a/x.ndjson', 'logs/a\\x.ndjson'];
    assert.deepEqual(found('a\\x.ndjson', false, inFolder), [literal]);
    assert.deepEqual(found('a\\x.ndjson', false, inFolder, literal), [literal]);
    assert.deepEqual(found('a\\x.ndjson', true, inFolder, literal), [literal, inFolder]);
    assert.deepEqual(found('a\\x.ndjson', true, inFolder), [inFolder]);
    assert.deepEqual(found('a\\x.ndjson', true, literal), [literal]);
    assert.deepEqual(found('a:1.ndjson', true, 'logs/a:1.ndjson'), ['logs/a:1.ndjson']);
    assert.deepEqual(found('..\\a', true, 'logs/..\\a'), ['logs/..\\a', undefined]);
  });
});

test('parseChecksumList() knows a list of Windows by how most of its lines end', () => {
  const [plain, separated] = [`${SHA256}  a`, `${SHA256}  day\\b`];
  const isOfWindows = (text: string) => parseChecksumList('SHA256SUMS', text).isOfWindows;
  for (const text of [
    `${plain}\r\n${separated}\r\n`,
    `${plain}\r\n${separated}`,
    `${plain}\r\n${plain}\r\n${separated}\n`,
    `${plain}\n${plain}\n${separated}\r\n`,
    `${separated}\r\n${separated}\n`,
    separated,
  ])
    assert.ok(isOfWindows(text), JSON.stringify(text));
  for (const text of [
    `${plain}\n${separated}\n`,
    `${plain}\n${separated}`,
    `${plain}\r\n${separated}\n${plain}\n`,
  ])
    assert.ok(!isOfWindows(text), JSON.stringify(text));
});

describe('parseLinkingInfo()', () => {
  const digest = (text: string) => createHash('sha512').update(text).digest('hex');

  test('reads the archive before, the algorithm and a digest for each message', () => {
    const text = `${digest('x')} mlog-1.zip SHA-512\n${digest('y')} a.asice\n${digest('z')} b c.asice\n`;
    const info = parseLinkingInfo(text);
    assert.ok(info.form === 'linkinginfo');
    assert.deepEqual(info.previous, { digest: digest('x'), archive: 'mlog-1.zip' });
    assert.deepEqual(
      info.entries.map(({ name, line }) => [name, line]),
      [
        ['a.asice', 2],
        ['b c.asice', 3],
      ],
    );
    assert.equal(lastDigest(info), digest('z'));
  });

  test('an archive without messages ends where the one before ended', () => {
    const info = parseLinkingInfo(`${digest('x')} mlog-1.zip SHA-512\n`);
    assert.ok(info.form === 'linkinginfo');
    assert.equal(lastDigest(info), digest('x'));
  });

  test('refuses a first line of another form, an unknown algorithm and a digest by another', () => {
    for (const first of ['', '- -', '- - SHA-9', `${SHA256} mlog-1.zip SHA-512`, '- - SHA-512 more'])
      assert.equal(parseLinkingInfo(`${first}\n`).form, 'malformed', first);
  });

  test('counts lines that are none as faults', () => {
    const info = parseLinkingInfo(`- - SHA-512\n${SHA256} a.asice\n${SHA512}\n`);
    assert.ok(info.form === 'linkinginfo');
    assert.equal(info.faults.length, 2);
  });
});

test('linkStep() digests the hex of both, and that of the message alone for the first of all', () => {
  const own = createHash('sha512').update('message').digest('hex');
  const first = createHash('sha512').update(own).digest('hex');
  assert.equal(linkStep('sha512', '', own), first);
  assert.equal(linkStep('sha512', first, own), createHash('sha512').update(`${first}${own}`).digest('hex'));
});
