/** Trust policies: the grammar of c2sp.org/tlog-policy, every mistake at its place, and who has to have signed. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { formatProblem, type Problem } from '../../src/model/problem.ts';
import { generateKey, parseVerifierKey, type VerifierKey } from '../../src/transparency/note-key.ts';
import { parseTlogPolicy, policyGaps } from '../../src/transparency/tlog-policy.ts';

const logKey = (name: string, seed: number) => generateKey(name, Buffer.alloc(32, seed)).verifier;

function witnessKey(name: string, seed: number): string {
  const data = Buffer.from(logKey(name, seed).slice(name.length + 10), 'base64');
  data[0] = 4;
  const hash = crypto.createHash('sha256').update(Buffer.concat([Buffer.from(`${name}\n`), data]));
  return `${name}+${hash.digest('hex').slice(0, 8)}+${data.toString('base64')}`;
}

const LOG = logKey('logs.example/ann', 1);
const witnesses = Object.fromEntries(
  ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'].map((name, at) => [name, witnessKey(`${name}.example`, at + 10)]),
);
const lines = Object.entries(witnesses).map(([name, key]) => `witness ${name} ${key}`);

/** The example of the specification, with keys. */
const EXAMPLE = `# both organizations
log ${LOG} https://logs.example/ann

${lines.slice(0, 3).join('\n')}
group X-witnesses 2 X1 X2 X3
\t ${lines.slice(3).join('  \n')}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

function read(text: string) {
  const problems: Problem[] = [];
  const policy = parseTlogPolicy('p', Buffer.from(text), problems);
  return { policy, problems: problems.map(formatProblem) };
}

const signedBy = (...keys: string[]) => keys.map((text) => ({ key: parseVerifierKey(text) as VerifierKey }));

describe('policyGaps()', () => {
  const { policy } = read(EXAMPLE);
  const gaps = (...names: string[]) =>
    policyGaps(policy!, 'logs.example/ann', signedBy(LOG, ...names.map((name) => witnesses[name]!)));

  test('counts witnesses by groups, as the example of the specification says', () => {
    assert.deepEqual(gaps('X1', 'X3', 'Y2'), []);
    assert.deepEqual(gaps('X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'), []);
    assert.deepEqual(gaps('X1', 'Y1', 'Y2', 'Y3'), [
      'group "X-and-Y": expected 2 of 2 members to cosign, found 1',
    ]);
    assert.equal(gaps('X1', 'X2', 'X3').length, 1);
    assert.equal(gaps().length, 1);
  });

  test('asks for the signature of a log under its own name', () => {
    const all = Object.values(witnesses);
    assert.match(policyGaps(policy!, 'logs.example/ann', signedBy(...all))[0]!, /none of the 1 logs/);
    assert.match(policyGaps(policy!, 'logs.example/bob', signedBy(LOG, ...all))[0]!, /"logs\.example\/bob"/);
  });

  test('asks for no witness where the quorum is none, and for one where it is one', () => {
    const none = read(`log ${LOG}\nquorum none`).policy!;
    assert.deepEqual(policyGaps(none, 'logs.example/ann', signedBy(LOG)), []);
    const one = read(`log ${LOG}\n${lines[0]}\nquorum X1\n`).policy!;
    assert.deepEqual(policyGaps(one, 'logs.example/ann', signedBy(LOG)), ['witness "X1" did not cosign it']);
    assert.deepEqual(policyGaps(one, 'logs.example/ann', signedBy(LOG, witnesses.X1!)), []);
  });
});

describe('parseTlogPolicy()', () => {
  const MISTAKES: readonly (readonly [text: string, ...problems: RegExp[]])[] = [
    ['', /^p:1:1: expected a line "quorum NAME"/],
    [`log ${LOG}\n`, /quorum/],
    ['quorum none\nquorum none', /^p:2:1: expected one quorum, found another on line 1/],
    ['quorum X1', /^p:1:8: expected a witness or group of a line above, found "X1"/],
    ['quorum none x', /^p:1:13: expected the end of the line/],
    ['quorm none\nquorum none', /^p:1:1: .*did you mean "quorum"/],
    [`log ${LOG}\nlog ${LOG}\nquorum none`, /^p:2:5: expected each key once/],
    [`log ${LOG} url more\nquorum none`, /end of the line/],
    ['log x\nquorum none', /^p:1:5: expected a verifier key/],
    ['log\nwitness a\ngroup g 1\nquorum none', /^p:1:1/, /^p:2:1/, /^p:3:1/],
    [`witness a ${LOG}\nquorum a`, /type 04/],
    [`${lines[0]}\n${lines[0]!.replace('X1', 'Z')}\nquorum none`, /^p:2:11: expected each key once/],
    [
      `${lines[0]}\n${lines[1]!.replace('X2 ', 'X1 ')}\nquorum none`,
      /^p:2:9: expected a name that is not taken/,
    ],
    [`${lines[0]!.replace('X1 ', 'none ')}\nquorum none`, /not taken/],
    [`${lines[0]}\ngroup g 2 X1\nquorum g`, /^p:2:9: .*from 1 to 1/],
    [`${lines[0]}\ngroup g 0 X1\nquorum g`, /from 1 to 1/],
    [`${lines[0]}\ngroup g 1 X1\ngroup h 1 X1\nquorum h`, /^p:3:11: expected "X1" in one group only/],
    [`${lines[0]}\ngroup g any g\nquorum g`, /^p:2:13: expected a witness/],
    [`${lines[0]}\ngroup g any none\nquorum g`, /found "none"/],
    ['quorum none\r\n', /^p:1:12: expected no control character/],
  ];
  for (const [text, ...expected] of MISTAKES) {
    test(`names every mistake of ${JSON.stringify(text.replaceAll(/[\w./]+\+[\w+/=]{20,}/g, 'KEY'))}`, () => {
      const { policy, problems } = read(text);
      assert.equal(policy, undefined);
      for (const pattern of expected)
        assert.ok(
          problems.some((problem) => pattern.test(problem)),
          problems.join('\n'),
        );
    });
  }

  test('takes a thousand groups one in the other without a long wait', () => {
    const groups = Array.from(
      { length: 1000 },
      (_, at) => `group g${at + 1} any ${at === 0 ? 'X1' : `g${at}`}`,
    );
    const { policy } = read(`${lines[0]}\n${groups.join('\n')}\nquorum g1000\n`);
    assert.deepEqual(policyGaps(policy!, 'x', signedBy(witnesses.X1!)), []);
  });
});
