/** FlexNet debug logs: every kind of line, and what makes a line malformed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextOptions } from '../../src/model/text-format.ts';
import { flexnet } from '../../src/text-logs/flexnet.ts';

const DAY = ' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025';

/** The records of the lines, without the time where it does not matter. */
function read(lines: readonly string[], options: TextOptions = {}): Record<string, unknown>[] {
  const reader = flexnet.start(lines, options);
  return lines.flatMap((line) => {
    const outcome = reader.line(line);
    return typeof outcome !== 'string' && 'record' in outcome ? [JSON.parse(outcome.record)] : [];
  });
}

/** The one record of a line by a vendor daemon at five past nine. */
function message(text: string): Record<string, unknown> {
  const [record, ...others] = read([DAY, ` 9:05:00 (demo) ${text}`]);
  assert.deepEqual(others, []);
  const { time, daemon, ...rest } = record!;
  assert.deepEqual([time, daemon], ['2025-03-01T09:05:00', 'demo']);
  return rest;
}

function malformed(text: string): string | undefined {
  const outcome = flexnet.start([DAY], {}).line(text);
  return typeof outcome !== 'string' && 'malformed' in outcome ? outcome.malformed : undefined;
}

const ANN = { feature: 'solver', user: 'ann', host: 'pc1' };

test('OUT and IN: one license where the line names no number, blanks at the end', () => {
  assert.deepEqual(message('OUT: "solver" ann@pc1  '), { event: 'OUT', ...ANN, quantity: 1 });
  assert.deepEqual(message('IN: "solver" ann@pc1  (20 licenses) '), { event: 'IN', ...ANN, quantity: 20 });
  assert.deepEqual(message('IN: "solver" ann@pc1  (SHUTDOWN) '), {
    event: 'IN',
    ...ANN,
    quantity: 1,
    reason: 'SHUTDOWN',
  });
  assert.deepEqual(message('IN: "solver" ann@pc1  (4 licenses) (INACTIVE)'), {
    event: 'IN',
    ...ANN,
    quantity: 4,
    reason: 'INACTIVE',
  });
});

test('checkout data, features without quotes, users with blanks and signs, hosts as addresses', () => {
  assert.deepEqual(message('OUT: "solver" ann@pc1  [J3_7f] (3 licenses) '), {
    event: 'OUT',
    ...ANN,
    quantity: 3,
    data: 'J3_7f',
  });
  assert.deepEqual(message('OUT: TOKEN-x ann@pc1  [DOORS] (3 licenses)'), {
    event: 'OUT',
    ...ANN,
    feature: 'TOKEN-x',
    quantity: 3,
    data: 'DOORS',
  });
  assert.equal(message('OUT: "solver" Ann Lee@pc1').user, 'Ann Lee');
  const { user, host } = message('OUT: "solver" ann@acme.com@pc1.acme.com');
  assert.deepEqual([user, host], ['ann@acme.com', 'pc1.acme.com']);
  assert.equal(message('OUT: "solver" ann@fe80::1').host, 'fe80::1');
  assert.equal(message('OUT: "solver" ann@pc1:0.0').host, 'pc1');
});

test('DENIED: the reason, and the numbers that name it, with what the socket said left out', () => {
  const denied = { event: 'DENIED', ...ANN, quantity: 1 };
  assert.deepEqual(
    message('DENIED: "solver" ann@pc1  (Licensed number of users already reached. (-4,342))'),
    {
      ...denied,
      reason: 'Licensed number of users already reached.',
      code: '-4,342',
    },
  );
  assert.deepEqual(
    message(
      'DENIED: "solver" ann@pc1  [x] (Licensed number of users already reached. (-4,342:10054 "Connection reset by peer"))',
    ),
    { ...denied, reason: 'Licensed number of users already reached.', code: '-4,342', data: 'x' },
  );
  assert.deepEqual(
    message('DENIED: "solver" ann@pc1  (Users are queued for this feature. (-24,332))').code,
    '-24,332',
  );
  const removed = 'Feature removed during lmreread, or wrong SERVER line hostid';
  assert.deepEqual(message(`DENIED: "solver" ann@pc1  (${removed} (-18,327))`).reason, removed);
});

test('DENIED: the older forms', () => {
  assert.deepEqual(message('DENIED: 3 "solver" to ann@pc1'), { event: 'DENIED', ...ANN, quantity: 3 });
  assert.deepEqual(message('DENIED: 3 solver to ann@pc1'), { event: 'DENIED', ...ANN, quantity: 3 });
  assert.deepEqual(message('IN: solver by ann@pc1 (2 licenses)'), { event: 'IN', ...ANN, quantity: 2 });
});

test('UNSUPPORTED, UPGRADE, QUEUED, DEQUEUED', () => {
  assert.deepEqual(
    message('UNSUPPORTED: "solver" (PORT_AT_HOST_PLUS   ) ann@pc1  (No such feature exists. (-5,346)) '),
    { event: 'UNSUPPORTED', ...ANN, quantity: 1, reason: 'No such feature exists.', code: '-5,346' },
  );
  assert.deepEqual(message('UPGRADE: "solver" ann@pc1 (15->16 licenses)'), {
    event: 'UPGRADE',
    ...ANN,
    quantity: 16,
    quantity_before: 15,
  });
  assert.deepEqual(message('QUEUED: "solver" ann@pc1  (2 licenses)'), {
    event: 'QUEUED',
    ...ANN,
    quantity: 2,
  });
  assert.deepEqual(message('DEQUEUED: "solver" ann@pc1 '), { event: 'DEQUEUED', ...ANN, quantity: 1 });
});

test('EXPIRED, REMOVING', () => {
  assert.deepEqual(message('EXPIRED: solver'), { event: 'EXPIRED', feature: 'solver' });
  assert.deepEqual(message('REMOVING ann@pc1:0.0 from solver by administrator request.'), {
    event: 'REMOVING',
    ...ANN,
    reason: 'by administrator request.',
  });
});

test('verbose lines carry the session, and what the server counts', () => {
  const block = '1.0 ann 127.0.0.1 29865 0x12CE 22 25 none 11 19 3/1/2025 09:05:00 0';
  const verbose = {
    version: '1.0',
    ip: '127.0.0.1',
    pid: '29865',
    handle: '0x12CE',
    in_use: 22,
    capacity: 25,
    project: 'none',
  };
  assert.deepEqual(message(`OUT: "solver" @pc1 (2) ^^^ ${block} ^^^`), {
    event: 'OUT',
    ...ANN,
    quantity: 2,
    ...verbose,
  });
  assert.deepEqual(message(`DENIED: "solver" @pc1 (Reached. (-4,342)) ^^^ ${block} ^^^`), {
    event: 'DENIED',
    ...ANN,
    quantity: 1,
    reason: 'Reached.',
    code: '-4,342',
    ...verbose,
  });
  const spaced = message(
    `IN: "solver" @pc1 (1) ^^^ ${block.replace('ann', 'Ann Lee').replace('none ', '')} ^^^`,
  );
  assert.deepEqual(
    [spaced.user, spaced.handle, spaced.in_use, spaced.project],
    ['Ann Lee', '0x12CE', 22, undefined],
  );
});

test('daemons: a start is told once, however often the log says it; the end of one', () => {
  const lines = [
    DAY,
    ' 9:00:00 (lmgrd) FlexNet Licensing (v11.13.1.2 build 173085 x64_lsb) started on lic1 (linux) (3/1/2025)',
    ' 9:00:00 (lmgrd) lmdown/lmreread only allowed on this machine',
    ' 9:00:00 (lmgrd) Started demo (internet tcp_port 37560 pid 1085)',
    ' 9:00:01 (demo) FlexNet Licensing version v11.13.1.2 build 173085 x64_lsb',
    ' 9:00:01 (demo) SLOG: TS update poll interval is 0. TS update is detected by midnight reread only.',
    ' 9:00:02 (demo) Server started on lic1 for:\tsolver\t',
    ' 9:01:00 (lmgrd) demo exited with status 0 signal = 17',
    // The daemon may be faster than the one that started it.
    ' 9:01:01 (demo) FLEXnet Licensing version v11.6.1.0 build 66138 amd64_re3',
    ' 9:01:01 (lmgrd) REStarted demo (internet tcp_port 45413 pid 177)',
    ' 9:01:02 (demo) Server started on lic1 for:\tsolver\t',
    ' 9:02:00 (demo) EXITING DUE TO SIGNAL 15 Exit reason 5',
  ];
  assert.deepEqual(
    read(lines).map(({ event, daemon }) => `${daemon} ${event}`),
    ['lmgrd started', 'demo Started', 'demo exited', 'demo Started', 'demo EXITING'],
  );
});

test('a daemon that reads its license file again has not started again', () => {
  const lines = [
    DAY,
    ' 9:00:01 (demo) Server started on lic1 for:\tsolver\t',
    ' 9:05:00 (demo) OUT: "solver" ann@pc1  ',
    ' 9:06:00 (lmgrd) Reread request from root@lic1',
    ' 9:06:01 (demo) Server started on lic1 for:\tsolver\t',
    ' 9:07:00 (demo) IN: "solver" ann@pc1  ',
  ];
  assert.deepEqual(
    read(lines).map(({ event }) => event),
    ['Server started', 'OUT', 'REREAD', 'REREAD', 'IN'],
  );
});

test('a shutdown that is asked for is not yet one', () => {
  const [request, shutting, daemon] = read([
    DAY,
    ' 9:05:00 (lmgrd) SHUTDOWN request from ann at node pc1',
    ' 9:05:01 (lmgrd) Shutting down demo',
    ' 9:05:02 (demo) daemon shutdown requested - shutting down',
  ]);
  assert.deepEqual([request?.event, request?.user, request?.host], ['SHUTDOWN', 'ann', 'pc1']);
  assert.deepEqual([shutting?.event, shutting?.daemon], ['shutting down', 'demo']);
  assert.deepEqual([daemon?.event, daemon?.daemon], ['shutting down', 'demo']);
});

test('what only sounds like the start or the end of a daemon is none: it would end sessions that go on', () => {
  const noise = [
    'EXITING client pc9 of ann',
    'Lost connection to pc1 - shutting down',
    'FlexNet Licensing version v11.13.1 of client pc1 is old',
    'demo exited with status 0',
  ];
  assert.deepEqual(read([DAY, ...noise.map((text) => ` 9:05:00 (other) ${text}`)]), []);
  const ends = [
    'EXITING DUE TO SIGNAL 15',
    'EXITING with code 2',
    'daemon shutdown requested - shutting down',
  ];
  for (const text of ends) assert.equal(message(text).reason, text);
  for (const text of [
    'FLEXlm version v7.2c',
    'FLEXlm version 6.1 (linux)',
    'FLEXnet Licensing version v11.6.1 build 1',
  ])
    assert.equal(message(text).event, 'Started');
});

test('lists of features, summaries and blank lines are noise', () => {
  const noise = [
    ' 9:05:00 (demo) mesher\t\tpost\t',
    ' ansyslmd  ansoftd  ',
    '',
    ' 9:05:00 (demo) ',
    ' 9:05:00 (demo) EXTERNAL FILTERS are OFF',
    ' 9:05:00 (demo) (@demo-SLOG@) 00000008 ms at 21:06:15(1/9/2017),#3,(ann,pc1,19)',
    ' 9:05:00 (lmgrd) demo using TCP-port 37560',
  ];
  const reader = flexnet.start([DAY], {});
  assert.deepEqual(
    noise.map((line) => reader.line(line)),
    noise.map(() => 'framing'),
  );
});

test('what daemons say of themselves is known; what they do not say is told by its form', () => {
  const reader = flexnet.start([DAY], {});
  for (const known of [
    "Can't open options file",
    'Lost connection to "pc2"',
    'WARNING: CORRUPTED options list (o->next == 0)',
    'Serving features for the following vendor names:',
    'hfss_transient_solve designer_hspice',
    'Using options file: "/opt/demo.opt"',
  ])
    assert.equal(reader.line(` 9:05:00 (demo) ${known}`), 'framing', known);
  assert.deepEqual(reader.line(' 9:05:00 (demo) OVT: aa_r ann@pc12 took 3 of "solver"'), {
    unknown: '(demo) OVT: aa_r …@… took # of "…"',
  });
});

test('a line that means to be a message and is none is malformed', () => {
  assert.equal(malformed(' 9:05:00 (demo) OUT: "solver"'), 'a feature and user@host after "OUT:"');
  assert.equal(malformed(' 9:05:00 (demo) IN: "solver ann@pc1'), 'a feature and user@host after "IN:"');
  assert.equal(malformed(' 9:05:00 (demo) OUT: "" ann@pc1'), 'a feature and user@host after "OUT:"');
  assert.equal(
    malformed(' 9:05:00 (demo) DENIED: "s" ann@pc1 (Reached'),
    'a feature and user@host after "DENIED:"',
  );
  assert.equal(malformed(' 9:05:00 (demo) EXPIRED: '), 'a feature and user@host after "EXPIRED"');
  assert.equal(malformed(' 9:05:00 (demo) REMOVING ann from'), 'a feature and user@host after "REMOVING"');
  assert.equal(malformed('05:00 (demo) OUT: "solver" ann@pc1'), 'a time and the name of a daemon');
  assert.equal(malformed('x:05:00 (demo) OUT: "solver" ann@pc1'), 'a time and the name of a daemon');
  assert.equal(malformed('25:05:00 (demo) OUT: "solver" ann@pc1'), 'a time and the name of a daemon');
});

test('a line that looks like a message, with a word that no daemon writes, is malformed and not lost', () => {
  const expected = 'a word such as OUT or IN before a feature and user@host';
  for (const damaged of [
    'OVT: "solver" ann@pc1  (3 licenses)',
    'OUT; "solver" ann@pc1',
    'OUT "solver" ann@pc1',
    'T: "solver" Ann Lee@pc1',
    '"solver" ann@pc1',
    'UNSUPPORTEE: "solver" (PORT_AT_HOST_PLUS   ) ann@pc1  (No such feature exists. (-5,346)) ',
  ])
    assert.equal(malformed(` 9:05:00 (demo) ${damaged}`), expected, damaged);
  for (const head of ['x:05:00 (demo) ', '25:05:00 (demo)', ' 9:05 (demo) '])
    assert.equal(malformed(`${head}OVT: "solver" ann@pc1`), 'a time and the name of a daemon', head);
  for (const chatter of [
    'Can\'t open "options.opt" for ann',
    'NOTE: ask "support" or write to help@acme.example',
    '(@demo-SLOG@) 5 ms at 10:00:00, (ann,pc1.example.com)',
    'aa_mcad\t\taa_r\t\taa_ds',
  ])
    assert.equal(malformed(` 9:05:00 (demo) ${chatter}`), undefined, chatter);
});

test('two messages that were written onto one line are malformed, not one message', () => {
  for (const between of ['  ', ''])
    assert.equal(
      malformed(` 9:05:00 (demo) OUT: "s" ann@pc1${between} 9:05:00 (other) OUT: "t" bob@pc2  `),
      'one message on a line',
    );
});

test('a message behind noise, or behind what a daemon says of itself, is malformed and not lost', () => {
  const before = [
    'TIMESTAMP 3/1/2025',
    'Starting vendor daemons ... ',
    'SHUTDOWN request from ann at node pc1',
    'REMOVING ann@pc1:0.0 from solver by administrator request. ',
    'EXPIRED: solver',
    '(@demo-SLOG@) =====',
    '',
    'O',
  ];
  const behind = [
    ' 9:05:00 (demo) OUT: "s" ann@pc1',
    '9:05:00 (demo)  IN: s ann@pc1',
    ' OUT: "s" ann@pc1',
    '\tDENIED:"s" ann@pc1',
  ];
  for (const first of before)
    for (const second of behind)
      if (first !== 'O' || second.startsWith(' '))
        assert.equal(malformed(` 9:05:00 (demo) ${first}${second}`), 'one message on a line', first + second);
  assert.equal(malformed(' 9:05:00 (demo)  OUT: "s" ann@pc1'), 'one message on a line');
  const who = (word: string) => `a feature and user@host after "${word}:"`;
  assert.equal(malformed(' 9:05:00 (demo) OUT: "s  9:05:00 (demo) OUT: "t" bob@pc1'), who('OUT'));
  assert.equal(malformed(' 9:05:00 (demo) OUT: "s" OUT: "t" bob@pc1'), who('OUT'));
  assert.equal(
    malformed(' 9:05:00 (demo) DENIED: "s" ann@pc1 (Invalid (-5,1) 9:05:00 (demo) OUT: "t" bob@pc1)'),
    'one message on a line',
  );
});

test('a message that was cut is malformed, wherever its beginning ended', () => {
  const line = ' 9:05:00 (demo) OUT: "solver" ann@pc1';
  // Without the blank in front it is whole.
  for (let at = 2; at < line.indexOf('"'); at++)
    assert.ok(malformed(line.slice(at)) ?? malformed(line.slice(0, at)), line.slice(at));
  for (const noise of ['NOTE: "s" is not served', 'LOGOUT: "s" by ann', 'WARNING: "s"', 'feature IN: use'])
    assert.deepEqual([malformed(noise), malformed(` 9:05:00 (demo) ${noise}`)], [undefined, undefined]);
});

test('equal lines of one second are told apart, and alike in every copy of the log', () => {
  const line = ' 9:05:00 (demo) OUT: "solver" ann@pc1  ';
  const lines = [DAY, line, line, ' 9:05:01 (demo) OUT: "solver" ann@pc1  ', line];
  const again = read(lines).map((record) => record.again);
  assert.deepEqual(again, [undefined, '2', undefined, '3']);
  assert.deepEqual(read([DAY, line, ...lines.slice(1)]).length, 5);
});

test('a file is recognized by half of its lines', () => {
  assert.equal(flexnet.recognizes([DAY, '', ' ansyslmd  ansoftd  '], 'a.log'), true);
  assert.equal(flexnet.recognizes([DAY, 'x', 'y'], 'a.log'), false);
  assert.equal(flexnet.recognizes([''], 'a.log'), false);
  assert.equal(flexnet.recognizes(['17:02:45 started'], 'a.log'), false);
});

// An expression that tries again at each place would take 10^11 steps for a line: many minutes.
test('hostile lines of a megabyte are read', () => {
  const long = 300_000;
  const lines = [
    ` 9:05:00 (demo) OUT: "s" ${'a@'.repeat(long)}`,
    ` 9:05:00 (demo) OUT: "s" a@b ${'('.repeat(long)}`,
    ` 9:05:00 (demo) OUT: "s" a@b ${'(-1'.repeat(long)}${')'.repeat(long)}`,
    ` 9:05:00 (demo) OUT: "s" a@b ${'x '.repeat(long)}`,
    ` 9:05:00 (demo) OUT: "s" a@b ^^^${' 1'.repeat(long)}^^^`,
    ` 9:05:00 (demo) REMOVING ${'a@'.repeat(long)} from x`,
    ` 9:05:00 (demo) SHUTDOWN ${' from a'.repeat(long)}`,
    ` 9:05:00 (demo) FL${' started on '.repeat(long)}`,
    ` 9:05:00 (${'demo'.repeat(long)}) OUT: "s" a@b`,
    ` 9:05:00 (lmgrd) TIMESTAMP ${'1/'.repeat(long)}`,
    `${'9:05:00 (demo) '.repeat(long)}`,
    ` 9:05:00 (demo) x ${') '.repeat(long)}`,
    ` 9:05:00 (demo) x)${' '.repeat(long)}`,
    ` 9:05:00 (demo) x OUT:${' '.repeat(long)}`,
    `${' OUT:'.repeat(long)}`,
  ];
  const reader = flexnet.start(lines, {});
  for (const line of lines) assert.ok(reader.line(line));
});
