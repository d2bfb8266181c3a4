/** Where engines disagree: the traps of detections (1 to 12, 21 to 25), each test by its number. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linkRules } from '../../src/match/link-rules.ts';
import { appliesTo } from '../../src/match/logsource.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { compileLogsource } from '../../src/sources/compile-logsource.ts';
import { detectionOf, itemMatches, matches, refusalOf } from './one-rule.ts';

const ABSENT = {};
const NULL = { a: null };
const EMPTY = { a: '' };
const TEXT = { a: 'x' };

describe('trap 1: null, absent and empty', () => {
  test('null matches absent and JSON null', () => {
    assert.deepEqual(itemMatches('a: null', ABSENT, NULL, EMPTY, TEXT, { a: 'null' }), [
      true,
      true,
      false,
      false,
      false,
    ]);
  });
  test('an empty text matches only itself', () => {
    assert.deepEqual(itemMatches("a: ''", ABSENT, NULL, EMPTY, TEXT, { a: [] }), [
      false,
      false,
      true,
      false,
      false,
    ]);
  });
  test('exists asks for presence alone', () => {
    assert.deepEqual(itemMatches('a|exists: true', ABSENT, NULL, EMPTY, TEXT), [false, true, true, true]);
    assert.deepEqual(itemMatches('a|exists: false', ABSENT, NULL, EMPTY, TEXT), [true, false, false, false]);
  });
  test('a star matches every value, and no absent one', () => {
    assert.deepEqual(itemMatches("a: '*'", ABSENT, NULL, EMPTY, TEXT, { a: 1 }), [
      false,
      false,
      true,
      true,
      true,
    ]);
  });
  test('null among other values', () => {
    assert.deepEqual(itemMatches('a: [null, x]', ABSENT, NULL, EMPTY, TEXT), [true, true, false, true]);
  });
});

describe('trap 2: negation over an absent field', () => {
  test('not keeps the event', () => {
    const rule = detectionOf('filter:\n  a: x\ncondition: not filter');
    assert.deepEqual(matches(rule, ABSENT, NULL, TEXT, { a: 'y' }), [true, true, false, true]);
  });
  test('neq needs a value', () => {
    assert.deepEqual(itemMatches('a|neq: x', ABSENT, NULL, TEXT, { a: 'y' }, EMPTY), [
      false,
      false,
      false,
      true,
      true,
    ]);
    assert.deepEqual(itemMatches('a|neq: null', ABSENT, NULL, TEXT), [false, false, true]);
    assert.deepEqual(itemMatches('a|neq: [x, y]', TEXT, { a: 'y' }, { a: 'z' }), [false, false, true]);
    assert.deepEqual(itemMatches('a|contains|neq: x', { a: 'axb' }, { a: 'ab' }), [false, true]);
  });
});

test('trap 2: an expression, an order, a network and a reference need a value, negated or not', () => {
  for (const item of [
    'a|re|neq: x',
    'a|gt|neq: 5',
    'a|cidr|neq: 10.0.0.0/8',
    'a|fieldref|neq: b',
    'a|hour|neq: 3',
  ]) {
    assert.deepEqual(itemMatches(item, ABSENT, NULL), [false, false], item);
  }
});

describe('trap 3: numbers', () => {
  test('a number equals the same number and the text of its digits', () => {
    assert.deepEqual(
      itemMatches('a: 42', '{"a":42}', '{"a":"42"}', '{"a":42.0}', '{"a":4.2e1}', '{"a":"42.0"}'),
      [true, true, true, true, false],
    );
    assert.deepEqual(itemMatches("a: '42'", '{"a":42}', '{"a":"42"}', '{"a":42.0}'), [true, true, false]);
  });
  test('integers beyond 2^53 keep their digits', () => {
    const big = '{"a":9007199254740993}';
    assert.deepEqual(
      itemMatches('a: 9007199254740993', big, '{"a":9007199254740992}', '{"a":"9007199254740993"}'),
      [true, false, true],
    );
    const beyond = [
      big,
      '{"a":9007199254740993.0}',
      '{"a":"9.007199254740992001e15"}',
      '{"a":9007199254740992}',
    ];
    assert.deepEqual(itemMatches('a|gt: 9007199254740992', ...beyond), [true, true, true, false]);
    assert.deepEqual(
      itemMatches('a|lt: -9007199254740992', '{"a":-9007199254740993.0}', '{"a":-9007199254740992.0}'),
      [true, false],
    );
  });
  test('an unquoted account id keeps its leading zero', () => {
    assert.deepEqual(itemMatches('a: 012345678901', '{"a":"012345678901"}', '{"a":12345678901}'), [
      true,
      false,
    ]);
    assert.deepEqual(itemMatches('a: 0xC000006D', '{"a":"0xc000006d"}', '{"a":3221225581}'), [true, false]);
  });
  test('order needs a number, however large, and takes numeric texts', () => {
    const values = [
      '{"a":5}',
      '{"a":"5"}',
      '{"a":"5.5"}',
      '{"a":"x"}',
      '{"a":1e999}',
      '{"a":true}',
      '{"a":[1,9]}',
      '{"a":null}',
    ];
    assert.deepEqual(itemMatches('a|gte: 5', ...values), [true, true, true, false, true, false, true, false]);
    assert.deepEqual(itemMatches('a|lt: 5', ...values), [
      false,
      false,
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
    assert.deepEqual(itemMatches('a|lte: 5', ...values), [
      true,
      true,
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
    assert.deepEqual(itemMatches('a|gt: 5', ...values), [
      false,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
  });
});

test('trap 4: true is true or "true", and nothing else', () => {
  const values = [{ a: true }, { a: 'TRUE' }, { a: 1 }, { a: 'yes' }, { a: false }];
  assert.deepEqual(itemMatches('a: true', ...values), [true, true, false, false, false]);
});

test('trap 4: bare yes, no, on, off and dates are texts', () => {
  assert.deepEqual(itemMatches('a: No', { a: 'No' }, { a: 'no' }, { a: false }), [true, true, false]);
  assert.deepEqual(itemMatches('a: on', { a: 'on' }, { a: true }), [true, false]);
  assert.deepEqual(itemMatches('a: 2025-08-02', { a: '2025-08-02' }), [true]);
  const directive = '%YAML 1.1\n---\ntitle: t\ndetection:\n  s:\n    a: No\n  condition: s';
  const [document] = parseRuleFile('r.yaml', directive).documents;
  assert.deepEqual(
    document?.kind === 'detection' && matches({ ...document.detection, speaks: true }, { a: 'No' }),
    [true],
  );
});

describe('trap 5: case', () => {
  const same: [string, string, boolean][] = [
    ['K', '\u212a', true],
    ['s', 'ſ', true],
    ['ß', 'ẞ', true],
    ['ß', 'ss', false],
    ['Σ', 'ς', true],
    ['σ', 'ς', true],
    ['i', 'ı', false],
    ['i', 'İ', false],
    ['I', 'i', true],
    ['Å', '\u212b', true],
    ['É', 'é', true],
  ];
  for (const [rule, value, expected] of same) {
    test(`${rule} and ${value} are ${expected ? 'one letter' : 'two letters'}`, () => {
      assert.deepEqual(itemMatches(`a: '${rule}'`, { a: value }), [expected]);
      assert.deepEqual(itemMatches(`a: '${value}'`, { a: rule }), [expected]);
    });
  }
  test('cased tells upper from lower', () => {
    assert.deepEqual(itemMatches('a|cased: Ann', { a: 'Ann' }, { a: 'ann' }), [true, false]);
    assert.deepEqual(itemMatches('a|contains|cased: nn', { a: 'ANN' }, { a: 'Ann' }), [false, true]);
  });
  test('an expression is case-sensitive unless it says i', () => {
    assert.deepEqual(itemMatches("a|re: '^ann$'", { a: 'ann' }, { a: 'Ann' }, { a: 'ann2' }), [
      true,
      false,
      false,
    ]);
    assert.deepEqual(itemMatches("a|re|i: '^ann$'", { a: 'Ann' }), [true]);
    assert.deepEqual(itemMatches("a|re: '(?i)^ann$'", { a: 'Ann' }), [true]);
    assert.deepEqual(itemMatches("a|re|m: '^b$'", { a: 'a\nb' }), [true]);
    assert.deepEqual(itemMatches("a|re: '^b$'", { a: 'a\nb' }), [false]);
    assert.deepEqual(itemMatches("a|re|s: 'a.b'", { a: 'a\nb' }), [true]);
    assert.deepEqual(itemMatches("a|re: 'a.b'", { a: 'a\nb' }, { a: 'xa-bx' }), [false, true]);
  });
});

test('trap 6: a question mark is one code point, a star crosses lines', () => {
  assert.deepEqual(itemMatches("a: 'a?b'", { a: 'a😀b' }, { a: 'ab' }, { a: 'a12b' }), [true, false, false]);
  assert.deepEqual(itemMatches("a: '*??'", { a: '😀' }, { a: '😀x' }), [false, true]);
  assert.deepEqual(itemMatches("a: 'a*b'", { a: 'a\n\nb' }, { a: 'ab' }, { a: 'abc' }), [true, true, false]);
});

describe('trap 6: escapes, as pySigma reads them', () => {
  const cases: [written: string, matching: string[], other: string[]][] = [
    ['a\\*b', ['a*b'], ['axb']],
    ['a\\\\*b', ['a\\b', 'a\\xb'], ['a*b']],
    ['a\\\\\\*b', ['a\\*b'], ['a\\xb']],
    ['a\\?b', ['a?b'], ['axb']],
    ['a\\b', ['a\\b'], ['ab', 'a\\\\b']],
    ['a\\\\b', ['a\\b'], ['a\\\\b']],
    ['a\\\\\\b', ['a\\\\b'], ['a\\b']],
    ['a\\\\\\\\b', ['a\\\\b'], ['a\\b']],
    ['C:\\*', ['C:*'], ['C:\\x']],
    ['C:\\\\*', ['C:\\', 'C:\\x'], ['C:*']],
    ['\\\\\\\\host\\\\share', ['\\\\host\\share'], ['\\host\\share']],
    ['x\\', ['x\\'], ['x']],
    ['?*', ['x', 'xy'], ['']],
  ];
  for (const [written, matching, other] of cases) {
    test(written, () => {
      const values = [...matching, ...other].map((a) => ({ a }));
      const expected = [...matching.map(() => true), ...other.map(() => false)];
      assert.deepEqual(itemMatches(`a: '${written}'`, ...values), expected);
    });
  }
});

describe('trap 7: keywords', () => {
  const keywords = (list: string) => detectionOf(`keywords: ${list}\ncondition: keywords`);
  test('are parts of any scalar value, at any depth, and not of keys', () => {
    const rule = keywords("['secret']");
    assert.deepEqual(
      matches(rule, { a: 'my Secrets' }, { secret: 'x' }, { a: [{ b: { c: 'SECRET' } }] }, { a: 'x' }),
      [true, false, true, false],
    );
  });
  test('see numbers and booleans as written', () => {
    assert.deepEqual(matches(keywords('[4625]'), '{"a":4625}', '{"a":146250}', '{"a":4624}'), [
      true,
      true,
      false,
    ]);
    assert.deepEqual(matches(keywords("['9007199254740993']"), '{"a":9007199254740993}'), [true]);
  });
  test('are alternatives, and with all they are demands', () => {
    assert.deepEqual(matches(keywords('[x, y]'), { a: 'x' }, { b: 'z' }), [true, false]);
    const all = detectionOf("keywords:\n  '|all': [x, y]\ncondition: keywords");
    assert.deepEqual(matches(all, { a: 'x', b: 'y' }, { a: 'x' }), [true, false]);
  });
  test('may have wildcards and stand beside maps', () => {
    assert.deepEqual(matches(keywords("['a*c']"), { k: '--a-b-c--' }, { k: 'ca' }), [true, false]);
    assert.deepEqual(
      matches(detectionOf('s:\n  - x\n  - a: y\ncondition: s'), { b: 'x' }, { a: 'y' }, { b: 'y' }),
      [true, true, false],
    );
  });
  test('are not sought as wholes, and with a modifier as it says', () => {
    const rule = (key: string) => detectionOf(`k:\n  '|${key}': abc\ncondition: k`);
    const records = [{ a: 'abc' }, { a: 'abcx' }, { a: 'xabc' }];
    assert.deepEqual(matches(rule('contains'), ...records), [true, true, true]);
    assert.deepEqual(matches(rule('startswith'), ...records), [true, true, false]);
    assert.deepEqual(matches(rule('endswith|cased'), ...records, { a: 'ABC' }), [true, false, true, false]);
    assert.deepEqual(matches(rule('re'), ...records, { a: 'ABC' }), [true, true, true, false]);
  });
  test('with all are demands also where each has several spellings', () => {
    const all = detectionOf("k:\n  '|base64offset|contains|all': [http, .exe]\ncondition: k");
    const encoded = (text: string) => Buffer.from(text).toString('base64');
    assert.deepEqual(
      matches(all, { a: encoded('http://'), b: encoded('x.exe') }, { a: encoded('http://') }),
      [true, false],
    );
  });
  test('cannot be null', () => assert.match(refusalOf('s: [null]\ncondition: s'), /cannot be null/));
  test('run only where the logsource says so', () => {
    const offer = (words: Record<string, unknown>) =>
      compileLogsource(words, (_, message) => assert.fail(message));
    const rule = { logsource: { product: 'aws', service: 'cloudtrail' } };
    assert.equal(appliesTo(rule, offer({ product: 'aws', service: 'cloudtrail' })), true);
    assert.equal(appliesTo(rule, offer({ product: 'AWS', service: 'CloudTrail' })), true);
    assert.equal(appliesTo(rule, offer({ product: 'okta', service: 'okta' })), false);
    assert.equal(appliesTo(rule, offer({ product: 'aws' })), false);
    assert.equal(appliesTo(rule, offer({})), false);
    assert.equal(appliesTo(rule, offer({}), { ignoreLogsource: true }), true);
    assert.equal(appliesTo({ logsource: {} }, offer({ product: 'okta' })), true);
    assert.equal(
      appliesTo(
        { logsource: { product: 'windows', category: 'process_creation' } },
        offer({ product: 'windows' }),
      ),
      false,
    );
    const kubernetes = { logsource: { category: 'application', product: 'kubernetes', service: 'audit' } };
    assert.equal(appliesTo(kubernetes, offer({ product: 'kubernetes', service: 'audit' })), true);
  });
});

describe('trap 8: selections by pattern', () => {
  const rule = (condition: string) =>
    detectionOf(`sel_a: {a: x}\nsel_b: {b: x}\n_hidden: {c: x}\ncondition: ${condition}`);
  test('them hides names with an underscore in front', () => {
    assert.deepEqual(matches(rule('1 of them'), { a: 'x' }, { c: 'x' }), [true, false]);
    assert.deepEqual(matches(rule('all of them'), { a: 'x', b: 'x' }, { a: 'x', c: 'x' }), [true, false]);
  });
  test('a pattern takes what it names', () => {
    assert.deepEqual(matches(rule('any of sel_*'), { b: 'x' }, { c: 'x' }), [true, false]);
    assert.deepEqual(matches(rule('1 of _*'), { c: 'x' }, { a: 'x' }), [true, false]);
    assert.deepEqual(matches(rule('1 of *_a'), { a: 'x' }, { b: 'x' }), [true, false]);
  });
  test('a pattern without a selection is an error, not a truth', () => {
    for (const condition of ['1 of none_*', 'all of none_*', 'not 1 of none_*']) {
      assert.match(refusalOf(`s: {a: x}\ncondition: ${condition}`), /"(1|all) of none_\*" selects nothing/);
    }
    assert.match(refusalOf('_s: {a: x}\ncondition: all of them'), /selects nothing/);
  });
});

test('trap 8: not 1 of, not all of, any of', () => {
  const rule = (condition: string) =>
    detectionOf(`sel: {s: x}\nfilter_a: {a: x}\nfilter_b: {b: x}\ncondition: ${condition}`);
  const records = [{ s: 'x' }, { s: 'x', a: 'x' }, { s: 'x', a: 'x', b: 'x' }];
  assert.deepEqual(matches(rule('sel and not 1 of filter_*'), ...records), [true, false, false]);
  assert.deepEqual(matches(rule('sel and not all of filter_*'), ...records), [true, true, false]);
  assert.deepEqual(
    matches(
      rule('SEL AND NOT ANY OF FILTER_*'.replace('SEL', 'sel').replace('FILTER_', 'filter_')),
      ...records,
    ),
    [true, false, false],
  );
  assert.deepEqual(matches(rule('not (sel and 1 of filter_*)'), ...records), [true, false, false]);
});

test('trap 9: three segments, keys with dots at either end, and what is no escape', () => {
  assert.deepEqual(
    itemMatches('a.b.c: x', { a: { 'b.c': 'x' } }, { 'a.b.c': 'x' }, { a: { b: { c: 'x' } } }),
    [true, true, true],
  );
  assert.deepEqual(itemMatches('a.b.c: x', { 'a.b': { c: 'x' }, a: { 'b.c': 'y' } }), [true]);
  // An escaped dot is of its key alone.
  assert.deepEqual(itemMatches('a\\.b: x', { 'a.b': 'x' }, { a: { b: 'x' } }), [true, false]);
  assert.deepEqual(
    itemMatches('operationName.value: x', { operationName: { value: 'x' } }, { operationName: 'x' }),
    [true, false],
  );
});

test('trap 9: a literal key wins over a nested one, and a dot can be escaped', () => {
  assert.deepEqual(itemMatches('a.b: flat', { 'a.b': 'flat', a: { b: 'nested' } }, { a: { b: 'flat' } }), [
    true,
    true,
  ]);
  assert.deepEqual(itemMatches('a.b: nested', { 'a.b': 'flat', a: { b: 'nested' } }), [false]);
  assert.deepEqual(itemMatches('a.b.c: x', { 'a.b': { c: 'x' } }), [true]);
  assert.deepEqual(itemMatches('k\\.io/x.y: z', { 'k.io/x': { y: 'z' } }), [true]);
});

describe('trap 10: arrays', () => {
  test('any member counts', () => {
    assert.deepEqual(itemMatches('a: x', { a: ['y', 'x'] }, { a: ['y'] }, { a: [] }), [true, false, false]);
    assert.deepEqual(itemMatches('a.b: x', { a: [{ b: 'y' }, { b: 'x' }] }), [true]);
  });
  test('an empty array has no member that could match, and is there all the same', () => {
    for (const item of ['a: "?*"', 'a: "*"', 'a|contains: "]"', 'a|neq: x', 'a|fieldref: b'])
      assert.deepEqual(itemMatches(item, { a: [], b: [] }), [false], item);
    assert.deepEqual(itemMatches('a|exists: true', { a: [] }), [true]);
    assert.deepEqual(itemMatches('a: null', { a: [] }), [false]);
  });
  test('two fields of one array need not be one element', () => {
    const rule = detectionOf('s: {a.k: x, a.v: y}\ncondition: s');
    assert.deepEqual(
      matches(rule, {
        a: [
          { k: 'x', v: '-' },
          { k: '-', v: 'y' },
        ],
      }),
      [true],
    );
  });
  test('all: each value is matched by some member', () => {
    assert.deepEqual(
      itemMatches('a|contains|all: [x, y]', { a: ['ax', 'ay'] }, { a: ['axy'] }, { a: ['ax'] }),
      [true, true, false],
    );
  });
  test('not and neq: no member matches', () => {
    const rule = detectionOf('s: {a: x}\ncondition: not s');
    assert.deepEqual(matches(rule, { a: ['y', 'x'] }, { a: ['y'] }), [false, true]);
    assert.deepEqual(itemMatches('a|neq: x', { a: ['y', 'x'] }, { a: ['y'] }), [false, true]);
  });
});

test('trap 10: at Sigma 2 brackets belong to the name', () => {
  for (const name of ['a[any]', 'a[all]', 'a[0]', 'a[-1]']) {
    assert.deepEqual(itemMatches(`'${name}': x`, { [name]: 'x' }, { a: ['x'] }), [true, false], name);
  }
});

test('trap 11: JSON in a text is that text, and a list of names and values is one object after another', () => {
  const asText = { requestParameters: '{"bucketName": "b", "x": 1}' };
  assert.deepEqual(
    itemMatches("requestParameters|contains: 'bucketname'", asText, { requestParameters: null }),
    [true, false],
  );
  assert.deepEqual(
    itemMatches('requestParameters.bucketName: b', asText, { requestParameters: { bucketName: 'b' } }),
    [false, true],
  );
  const bag = {
    Parameters: [
      { Name: 'Identity', Value: 'ann' },
      { Name: 'ForwardTo', Value: 'x@y' },
    ],
  };
  assert.deepEqual(itemMatches('Parameters|contains|all: [\'"Name":"ForwardTo"\', \'x@y\']', bag), [true]);
  assert.deepEqual(itemMatches('Parameters: \'{"Name":"ForwardTo",*@y"}\'', bag), [true]);
  assert.deepEqual(itemMatches('Parameters.Name: forwardto', bag), [true]);
});

test('trap 11: an object is its compact JSON', () => {
  const record = '{"a": { "Principal" : "*",  "n": 1.0 } }';
  assert.deepEqual(itemMatches(`a|contains: '"Principal":"\\*"'`, record, '{"a":{"Principal":"x"}}'), [
    true,
    false,
  ]);
  assert.deepEqual(itemMatches(`a: '{"Principal":"\\*","n":1.0}'`, record), [true]);
});

test('trap 12: cidr is about addresses', () => {
  const addresses = [
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '11.0.0.1',
    'cloudtrail.amazonaws.com',
    '10.1.2',
    '10.1.2.3:443',
    '',
  ].map((a) => ({ a }));
  assert.deepEqual(itemMatches('a|cidr: 10.0.0.0/8', ...addresses), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  assert.deepEqual(itemMatches('a|cidr: [192.0.2.0/24, 10.0.0.0/8]', { a: ['x', '10.9.9.9'] }), [true]);
  assert.deepEqual(
    itemMatches('a|cidr: 2001:db8::/32', { a: '2001:DB8:1::5' }, { a: '2001:db9::1' }, { a: 'fe80::1%eth0' }),
    [true, false, false],
  );
  assert.match(refusalOf('s:\n  a|cidr: 10.0.0.0/33\ncondition: s'), /"cidr" needs a network/);
});

test('trap 12: one address, mapped networks, and what looks like a network', () => {
  assert.deepEqual(itemMatches('a|cidr: 10.1.2.3', { a: '10.1.2.3' }, { a: '10.1.2.4' }), [true, false]);
  assert.deepEqual(
    itemMatches("a|cidr: '::ffff:10.0.0.0/104'", { a: '10.9.9.9' }, { a: '::ffff:10.9.9.9' }),
    [true, true],
  );
  assert.deepEqual(itemMatches('a|cidr: 0.0.0.0/0', { a: '1.2.3.4' }, { a: '::1' }, { a: 'AWS Internal' }), [
    true,
    false,
    false,
  ]);
  assert.deepEqual(
    itemMatches('a|cidr: 10.0.0.0/8', { a: '10.0.0.0/8' }, { a: 167772161 }, { a: ' 10.1.1.1' }),
    [false, false, false],
  );
  assert.deepEqual(itemMatches('a|cidr|neq: 10.0.0.0/8', { a: 'AWS Internal' }, { a: '10.1.1.1' }), [
    true,
    false,
  ]);
  for (const network of ['10.0.0.0/', '10.0.0/8', '10.0.0.0/8/8', '10.*', '2001:db8::/129']) {
    assert.match(refusalOf(`s:\n  a|cidr: '${network}'\ncondition: s`), /"cidr" needs a network/);
  }
});

describe('trap 21: references', () => {
  const detection = (head: string) => `${head}\ndetection: {s: {a: x}, condition: s}\n`;
  const correlation =
    'title: C\ncorrelation: {type: event_count, rules: [first, 0b], timespan: 5m, condition: {gte: 2}}\n';
  const link = (...files: string[]) =>
    linkRules(files.flatMap((text, index) => parseRuleFile(`${index}.yaml`, text).documents));

  test('by id or name, across files, whatever their order', () => {
    const { ruleSet, problems } = link(
      correlation,
      detection('title: A\nname: first\nid: 0a'),
      detection('title: B\nid: 0b'),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(ruleSet.rules[0]?.kind === 'correlation' && ruleSet.rules[0].rules, ['0a', '0b']);
    assert.deepEqual(
      ruleSet.rules.slice(1).map((rule) => rule.kind === 'detection' && rule.speaks),
      [false, false],
    );
  });
  test('a missing rule is a mistake with its place', () => {
    const { problems } = link(correlation, detection('title: A\nname: firs\nid: 0b'));
    assert.deepEqual(problems, [
      {
        file: '0.yaml',
        line: 2,
        column: 42,
        message: 'no rule has the id or name "first", did you mean "firs"?',
      },
    ]);
  });
  test('one id for two rules is a mistake', () => {
    const { problems } = link(detection('title: A\nid: 0a'), detection('title: B\nid: 0a'));
    assert.deepEqual(problems, [
      { file: '1.yaml', line: 1, column: 1, message: 'the rule id "0a" stands already in 0.yaml:1' },
    ]);
  });
});

describe('trap 22: YAML', () => {
  test('a key that stands twice is a mistake', () => {
    const { problems } = parseRuleFile(
      'r.yaml',
      'title: t\ndetection:\n  s:\n    a: x\n    a: y\n  condition: s\n',
    );
    assert.deepEqual(problems, [
      { file: 'r.yaml', line: 5, column: 5, message: 'the key "a" stands here twice, first on line 4' },
    ]);
  });
  test('anchors and merge keys work', () => {
    const rule = detectionOf('base: &base {a: x}\ns:\n  <<: *base\n  b: y\ncondition: s');
    assert.deepEqual(matches(rule, { a: 'x', b: 'y' }, { b: 'y' }), [true, false]);
  });
  test('aliases that multiply are refused', () => {
    const lines = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
    );
    const { documents, problems } = parseRuleFile('r.yaml', `l0: &l0 [x]\n${lines.join('\n')}`);
    assert.equal(documents.length, 0);
    assert.match(problems[0]!.message, /more than 200000 values/);
  });
  test('an alias inside its own anchor is refused', () => {
    const { documents, problems } = parseRuleFile('r.yaml', 'title: t\na: &a [*a]\n');
    assert.equal(documents.length, 0);
    assert.ok(problems.length > 0);
  });
});

test('trap 23: fields, falsepositives and timeframe do not take part', () => {
  const rule = detectionOf('s: {a: x}\ntimeframe: 5m\ncondition: s', 'fields: [b]\nfalsepositives: [c]');
  assert.deepEqual(matches(rule, { a: 'x' }), [true]);
});

describe('trap 24: parts of times', () => {
  const at = (...times: (string | number)[]) => times.map((t) => ({ t }));
  test('are taken in UTC, whatever the zone of the text', () => {
    const times = at(
      '2026-03-01T03:59:59Z',
      '2026-03-01T05:30:00+02:00',
      '2026-03-01 03:00:00',
      '2026-03-01T04:00:00Z',
      'three',
    );
    assert.deepEqual(itemMatches('t|hour: 3', ...times), [true, true, true, false, false]);
    assert.deepEqual(itemMatches('t|minute: 30', ...times), [false, true, false, false, false]);
    assert.deepEqual(itemMatches('t|day: 01', ...times), [true, true, true, true, false]);
  });
  test('are compared as numbers, several of them, or negated', () => {
    const times = at('2026-03-01T21:00:00Z', '2026-03-01T22:00:00Z', '2026-03-01T05:00:00Z');
    assert.deepEqual(itemMatches('t|hour|gte: 22', ...times), [false, true, false]);
    assert.deepEqual(itemMatches('t|hour|lt: 6', ...times), [false, false, true]);
    assert.deepEqual(itemMatches('t|hour: [21, 5]', ...times), [true, false, true]);
    assert.deepEqual(itemMatches('t|hour|neq: [21, 5]', ...times), [false, true, false]);
  });
  test('of numbers are read by their size, and no other value has any', () => {
    assert.deepEqual(itemMatches('t|year: 2026', ...at(1772334000, 1772334000000, '1772334000')), [
      true,
      true,
      true,
    ]);
    assert.deepEqual(itemMatches('t|year: 1970', { t: true }, { t: null }, {}, { t: {} }), [
      false,
      false,
      false,
      false,
    ]);
  });
  test('weeks are those of ISO 8601, of which some years have 53', () => {
    const week = (number: number) =>
      itemMatches(
        `t|week: ${number}`,
        ...at('2021-01-03T12:00:00Z', '2021-01-04T00:00:00Z', '2020-12-31T00:00:00Z', '2024-12-30T00:00:00Z'),
      );
    assert.deepEqual(week(53), [true, false, true, false]);
    assert.deepEqual(week(1), [false, true, false, true]);
  });
  test('are those of the zone that the rule names, through summer time', () => {
    const rule = (item: string) => detectionOf(`s:\n  ${item}\ncondition: s`, 'timezone: Europe/Berlin');
    const times = at('2026-01-31T23:30:00Z', '2026-06-30T22:30:00Z');
    assert.deepEqual(matches(rule('t|hour: 0'), ...times), [true, true]);
    assert.deepEqual(matches(rule('t|month: [2, 7]'), ...times), [true, true]);
    assert.deepEqual(matches(rule('t|day: 1'), ...times), [true, true]);
    const india = detectionOf('s:\n  t|minute: 0\ncondition: s', 'timezone: Asia/Kolkata');
    assert.deepEqual(matches(india, ...at('2026-01-31T23:30:00Z')), [true]);
  });
});

test('trap 25: modifiers work from left to right, and base64 takes no wildcard', () => {
  const wide = Buffer.from('foobar', 'utf16le').toString('base64');
  assert.deepEqual(itemMatches('a|utf16le|base64: foobar', { a: wide }), [true]);
  assert.deepEqual(itemMatches('a|utf16le|base64offset|contains: foobar', { a: wide }), [true]);
  const message = (item: string) => refusalOf(`s:\n  ${item}\ncondition: s`);
  assert.match(message('a|base64: foo*'), /"foo\*" has a wildcard, which "base64" cannot encode/);
  assert.match(
    message('a|base64offset|contains: fo?o'),
    /has a wildcard, which "base64offset" cannot encode/,
  );
  assert.match(message('a|wide|base64: fo*o'), /has a wildcard/);
  assert.deepEqual(
    itemMatches('a|base64|wide: foo', { a: [...'Zm9v'].map((char) => `${char}\0`).join('') }),
    [true],
  );
});
