/**
 * Every control of every pack passes on one made run and fails on another, check by check, or says why no log shows it.
 * What is open passes never: a log that was not read whole, without events, or held to rules that could not speak.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadClasses, loadRules } from '../../src/cli/library.ts';
import { loadShippedPacks } from '../../src/cli/packs.ts';
import { findingSpeakers } from '../../src/engine/finding-kinds.ts';
import { CONTROL_STATUSES } from '../../src/model/control.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { RunSummary } from '../../src/model/history.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { LicenseSummary, LicenseVerdict, Report } from '../../src/model/report.ts';
import { CHECK_KINDS } from '../../src/packs/index.ts';
import { judgeAgain, judgePacks } from '../../src/packs/judge-packs.ts';
import { PACK_FINDINGS } from '../../src/packs/pack-findings.ts';
import {
  goodRun,
  type Run,
  resultOf,
  reviewAt,
  SPOILED,
  withFinding,
  withReport,
  withRules,
  withSource,
} from './made-evidence.ts';

const problems: Problem[] = [];
const policies = loadRules([], true, problems).rules;
const packs = loadShippedPacks(policies, problems);
const good = goodRun([...policies, ...loadClasses(problems)]);
const all = (run: typeof good) => judgePacks(run.report, run.request, { ...run.options, packs });

test('the packs that come with us have no mistakes, and there are twelve', () => {
  assert.deepEqual(problems, []);
  assert.equal(packs.length, 12);
});

test('every kind of check is asked for by some control, and each is known how to fail', () => {
  const asked = new Set(
    packs.flatMap(({ controls }) => controls.flatMap(({ checks }) => checks.map(({ kind }) => kind))),
  );
  const kinds = CHECK_KINDS.map(({ name }) => name);
  assert.deepEqual([...asked].sort(), [...kinds].sort());
  assert.deepEqual(Object.keys(SPOILED).sort(), [...kinds].sort());
});

for (const pack of packs) {
  describe(`pack ${pack.name}`, () => {
    for (const control of pack.controls) {
      if (control.checks.length === 0) {
        test(`${control.id} is not assessable, and says why`, () => {
          const { status, reason, strength } = resultOf(good, pack, control.id);
          assert.equal(status, 'not-assessable');
          assert.equal(strength, 'none');
          assert.ok(reason !== undefined && reason.length > 15, reason);
        });
        continue;
      }
      test(`${control.id} passes where all is well, and fails by each of its checks`, () => {
        const passed = resultOf(good, pack, control.id);
        assert.equal(
          passed.status,
          'passed',
          JSON.stringify(passed.checks.filter(({ status }) => status !== 'passed')),
        );
        for (const { population } of passed.checks) assert.ok(population.count > 0);
        const spoilers = control.checks.flatMap((check) => {
          const spoil = SPOILED[check.kind];
          return spoil === undefined
            ? []
            : [{ check, run: spoil(good, check, `${pack.name}:${control.id}`) }];
        });
        assert.ok(spoilers.length > 0, 'nothing can make it fail');
        for (const { check, run } of spoilers) {
          const { status, checks } = resultOf(run, pack, control.id);
          assert.equal(status, 'failed', `${check.kind} ${JSON.stringify(check.params)}`);
          const against = checks.filter((each) => each.status === 'failed');
          assert.ok(against.every((each) => each.against > 0 || each.reason !== undefined));
        }
      });
    }
  });
}

/** Runs in which nothing may pass for sure. */
const OPEN = {
  'a file that was not read to its end': withReport(good, {
    inputs: [{ ...good.report.inputs[0]!, status: 'partial' }],
  }),
  'a record that is malformed': withReport(good, {
    inputs: [
      {
        ...good.report.inputs[0]!,
        records: { read: 10, audited: 9, malformed: 1, duplicate: 0, skipped: 0 },
      },
    ],
  }),
  'a file that no mapping fits': withReport(good, { inputs: [{ ...good.report.inputs[0]!, source: null }] }),
};

for (const [what, run] of Object.entries(OPEN)) {
  test(`with ${what} no control passes that looks at the events`, () => {
    const passed = all(run).controls!.filter(({ status }) => status === 'passed');
    // Whether runs are frequent, and whether kinds of events are there, is seen in what was read.
    const kinds = new Set(
      passed.flatMap(({ pack, control }) =>
        packs
          .find(({ name }) => name === pack)!
          .controls.find(({ id }) => id === control)!
          .checks.map(({ kind }) => kind),
      ),
    );
    assert.deepEqual([...kinds].sort(), ['present', 'review']);
  });
}

test('what fails or is waived never passes because a file was not read, and nothing open is excepted by it', () => {
  const waiver = { id: 'w', title: 'W-9', owner: 'ann', reason: 'r', expires: '2027-01-01T00:00:00Z' };
  const inputs = [good.report.inputs[0]!, { ...good.report.inputs[0]!, status: 'unreadable' as const }];
  let looked = 0;
  for (const pack of packs)
    for (const control of pack.controls) {
      const name = `${pack.name}:${control.id}`;
      const naming = policies.filter(({ controls }) => controls.includes(name)).slice(0, 1);
      const runs = [
        ...control.checks.flatMap((check) => SPOILED[check.kind]?.(good, check, name) ?? []),
        ...naming.map(({ id }) => withFinding(good, id, 'matched-rule')),
      ];
      for (const run of runs) {
        const options = { ...run.options, packs: [{ ...pack, controls: [control] }] };
        const statusesOf = (report: Report) => {
          const before = judgePacks(report, run.request, options);
          const findings = before.findings.map((each) => ({ ...each, waiver }));
          const after = judgeAgain({ ...before, findings }, run.request, options);
          return [before, after].map(({ controls }) => controls![0]!.status);
        };
        const whole = statusesOf(run.report);
        const part = statusesOf({ ...run.report, inputs });
        for (const [index, status] of part.entries()) {
          looked++;
          const isBetter = CONTROL_STATUSES.indexOf(status) > CONTROL_STATUSES.indexOf(whole[index]!);
          // What is missing may lie in what was not read: that alone turns a failure into a question.
          assert.ok(!isBetter || status === 'undetermined', `${name}: ${whole[index]} became ${status}`);
        }
      }
    }
  assert.ok(looked > 200, String(looked));
});

test('without one event no control passes but those that look at runs', () => {
  const { report } = good;
  const records = { read: 0, audited: 0, malformed: 0, duplicate: 0, skipped: 0 };
  const empty = withReport(
    withRules(good, (rule) => ({ ...rule, status: 'not-applicable', matches: 0 })),
    {
      inputs: [{ ...report.inputs[0]!, records }],
      summary: { ...report.summary, records, period: null },
      activity: [],
      streams: [],
      licenses: [],
    },
  );
  for (const { pack, control, status, checks } of all(empty).controls!)
    assert.ok(
      status !== 'passed' || checks.every(({ asks }) => asks.includes('reviews')),
      `${pack}:${control}`,
    );
});

test('a rule that is inert or in error leaves its control open', () => {
  for (const status of ['inert', 'error'] as const) {
    const run = withRules(good, (rule) => ({ ...rule, status, matches: 0 }));
    const soc2 = packs.find(({ name }) => name === 'soc2')!;
    assert.equal(resultOf(run, soc2, 'CC6.7').status, 'undetermined');
    assert.equal(resultOf(run, soc2, 'CC8.1').status, 'undetermined');
  }
});

test('without the day of the run no log is known to be young enough', () => {
  const { generated: _, ...report } = good.report;
  const gdpr = packs.find(({ controls }) =>
    controls.some(({ checks }) => checks.some(({ kind }) => kind === 'maximum')),
  )!;
  const control = gdpr.controls.find(({ checks }) => checks.some(({ kind }) => kind === 'maximum'))!;
  const { status, checks } = resultOf({ ...good, report }, gdpr, control.id);
  assert.equal(status, 'undetermined');
  assert.ok(checks.some(({ reason }) => reason?.endsWith('give the day by --now')));
});

test('a rule that left events out leaves its control open', () => {
  const unjudged = { events: 70, reason: 'without a field to group by' };
  const run = withRules(good, (rule) => ({ ...rule, unjudged }));
  const soc2 = packs.find(({ name }) => name === 'soc2')!;
  const { status, checks } = resultOf(run, soc2, 'CC6.7');
  assert.equal(status, 'undetermined');
  assert.match(checks[0]!.reason!, / left events out: .* \(70 events: without a field to group by\)/);
});

test('an export that ended long ago shows nothing of what was kept since', () => {
  const late = withReport(good, { generated: '2026-08-01T00:00:00Z' });
  const cis = packs.find(({ name }) => name === 'cis-8')!;
  const { status, checks } = resultOf(late, cis, '8.10');
  assert.equal(status, 'undetermined');
  assert.match(checks[0]!.reason!, /the last event is of 2026-06-30: the 32 days since are not in this run/);
});

test('a run that read nothing, or not all, is no review, and the reason says so', () => {
  const pci = packs.find(({ name }) => name === 'pci-dss-4')!;
  const reviewed = (runs: RunSummary[]) => {
    const { checks } = resultOf({ ...good, options: { ...good.options, runs } }, pci, '10.4.2');
    const { status, reason, population } = checks[0]!;
    return [status, population.count, reason];
  };
  const june = reviewAt('2026-06-20T00:00:00Z');
  const unread = { ...june, verdict: 'incomplete' as const };
  const empty = { ...june, records: 0 };
  const are = 'no reviews: they were incomplete, or read no record';
  assert.deepEqual(reviewed([june]), ['passed', 1, undefined]);
  assert.deepEqual(reviewed([unread, empty]), ['undetermined', 0, `2 earlier runs are ${are}`]);
  const april = reviewAt('2026-04-01T00:00:00Z');
  const late =
    'no review in 91 days from 2026-04-01 to 2026-07-01: one every "31 days" was asked for; 2 earlier runs are';
  assert.deepEqual(reviewed([april, unread, empty]), ['failed', 1, `${late} ${are}`]);
  const is = '1 earlier run is no review: it was incomplete, or read no record';
  assert.deepEqual(reviewed([june, unread]), ['passed', 1, is]);
});

test('rules are chosen by tag too', () => {
  const [rule] = good.report.rules;
  const tagged = withRules(good, (each) =>
    each.id === rule!.id ? { ...each, tags: ['log-tampering'] } : each,
  );
  const check = { kind: 'rules', params: { ids: [], tags: ['log-tampering'] } };
  const position = { line: 1, column: 1 };
  const control = { id: 'X.1', title: 't', strength: 'partial' as const, checks: [check], position };
  const pack = { ...packs[0]!, controls: [control] };
  assert.equal(resultOf(tagged, pack, 'X.1').status, 'passed');
  assert.equal(resultOf(withFinding(tagged, rule!.id, 'matched-rule'), pack, 'X.1').status, 'failed');
  assert.equal(resultOf(good, pack, 'X.1').status, 'undetermined');
});

describe('findings', () => {
  const soc2 = packs.find(({ name }) => name === 'soc2')!;
  const naming = policies.find(({ controls }) => controls.includes('soc2:CC6.7'))!;
  const status = (more: object) =>
    resultOf(withFinding(good, naming.id, 'matched-rule', more), soc2, 'CC6.7').status;

  test('of low severity leave the control open, waived ones except it and name the waiver', () => {
    assert.equal(status({}), 'failed');
    assert.equal(status({ severity: 'low' }), 'undetermined');
    assert.equal(status({ verdict: 'undetermined' }), 'undetermined');
    const waiver = { id: 'w', title: 'W-12', owner: 'ann', reason: 'r', expires: '2027-01-01T00:00:00Z' };
    assert.equal(status({ waiver }), 'excepted');
    assert.equal(status({ waiver, severity: 'low' }), 'excepted');
    const waived = withFinding(good, naming.id, 'matched-rule', { waiver });
    const { checks } = resultOf(waived, soc2, 'CC6.7');
    const excepted = checks.filter((check) => check.status === 'excepted');
    assert.deepEqual(
      excepted.map(({ against, reason }) => [against, reason]),
      [[1, '1 finding stands, waived by W-12']],
    );
    const open = withFinding(waived, naming.id, 'matched-rule', { fingerprint: 'e'.repeat(32) });
    assert.equal(resultOf(open, soc2, 'CC6.7').status, 'failed', 'one is not waived');
  });

  test('that only packs ask for except their control when all of them are waived afterwards', () => {
    const pci = packs.find(({ name }) => name === 'pci-dss-4')!;
    const run = SPOILED.retention!(good, { kind: 'retention', params: '' }, '');
    const options = { ...run.options, packs: [pci] };
    const before = judgePacks(run.report, run.request, options);
    const statusIn = ({ controls }: typeof before) =>
      controls!.find(({ control }) => control === '10.5.1')!.status;
    assert.equal(statusIn(before), 'failed');
    assert.deepEqual(judgeAgain(before, run.request, options), before, 'nothing was waived');
    const waiver = { id: 'w', title: 'W-9', owner: 'ann', reason: 'r', expires: '2027-01-01T00:00:00Z' };
    const findings = before.findings.map((each) =>
      each.code === 'retention-too-short' || each.code === 'days-missing' ? { ...each, waiver } : each,
    );
    const after = judgeAgain({ ...before, findings }, run.request, options);
    assert.equal(statusIn(after), 'excepted');
    assert.equal(after.findings.length, before.findings.length);
  });

  test('of a rule that is called as packs are speak against a control before and after a waivers file', () => {
    const named = withRules(good, (rule) => (rule.id === naming.id ? { ...rule, id: 'packs' } : rule));
    const run = withFinding(named, 'packs', 'matched-rule');
    const options = { ...run.options, packs: [soc2] };
    const before = judgePacks(run.report, run.request, options);
    const cc67 = before.controls!.find(({ control }) => control === 'CC6.7')!;
    assert.equal(cc67.status, 'failed');
    assert.deepEqual(judgeAgain(before, run.request, options), before);
  });

  test('that are waived except no control of which a part could not be read', () => {
    const waiver = { id: 'w', title: 'W-9', owner: 'ann', reason: 'r', expires: '2027-01-01T00:00:00Z' };
    const partial = (run: Run) =>
      withReport(run, { inputs: [{ ...good.report.inputs[0]!, status: 'partial' as const }] });
    const breakGlass = policies.find(({ controls }) => controls.includes('soc2:CC7.4'))!;
    for (const [rule, control] of [
      [naming, 'CC6.7'],
      [breakGlass, 'CC7.4'],
    ] as const) {
      const run = withFinding(good, rule.id, 'matched-rule', { waiver });
      assert.equal(resultOf(run, soc2, control).status, 'excepted');
      const { status, checks } = resultOf(partial(run), soc2, control);
      assert.equal(status, 'undetermined', control);
      const [open, ...others] = checks.filter(({ against }) => against > 0);
      assert.equal(open!.reason, '1 file was not read whole; 1 finding stands, waived by W-9');
      assert.deepEqual(others, [], 'told once');
    }
    const gdpr = packs.find(({ name }) => name === 'gdpr')!;
    const old = SPOILED.maximum!(good, { kind: 'maximum', params: '' }, '');
    const keptTooLong = (run: Run) => {
      const options = { ...run.options, packs: [gdpr] };
      const before = judgePacks(run.report, run.request, options);
      const findings = before.findings.map((each) => ({ ...each, waiver }));
      const after = judgeAgain({ ...before, findings }, run.request, options);
      return [before, after].map(
        ({ controls }) => controls!.find(({ control }) => control === '5(1)(e)')!.status,
      );
    };
    assert.deepEqual(keptTooLong(old), ['failed', 'excepted']);
    assert.deepEqual(keptTooLong(partial(old)), ['failed', 'undetermined']);
  });

  test('on retention are of every source: one that is younger, or was silent, leaves it open', () => {
    const pci = packs.find(({ name }) => name === 'pci-dss-4')!;
    const days = (from: number, until: number) =>
      Array.from({ length: from - until + 1 }, (_, index) => from - index);
    const retained = (run: Run) => {
      const { checks } = resultOf(run, pci, '10.5.1');
      return checks.find(({ asks }) => asks === 'events are kept for 12 months')!;
    };
    assert.equal(retained(withSource(good, days(500, 0))).status, 'passed');
    const younger = retained(withSource(good, days(40, 0)));
    assert.deepEqual(
      [younger.status, younger.reason],
      ['undetermined', 'the oldest event of "okta" is of 2026-05-21'],
    );
    const silent = retained(withSource(good, [...days(500, 200), ...days(150, 0)]));
    assert.equal(silent.status, 'undetermined');
    assert.match(silent.reason!, /^"okta" has no event between 2025-12-12 and 2026-01-31$/);
  });

  test('that name a control fail it even where no check asks for them', () => {
    const break_glass = policies.find(({ controls }) => controls.includes('soc2:CC7.4'))!;
    const result = resultOf(withFinding(good, break_glass.id, 'matched-rule'), soc2, 'CC7.4');
    assert.equal(result.status, 'failed');
    assert.equal(result.checks.at(-1)!.against, 1);
  });

  test('that only packs ask for are counted, have words, and make the verdict', () => {
    const run = SPOILED.retention!(good, { kind: 'retention', params: '' }, '');
    const { findings, summary, codes } = all(run);
    assert.ok(findings.some(({ code }) => code === 'retention-too-short'));
    assert.equal(summary.verdict, 'findings');
    assert.equal(summary.findings.total, findings.length);
    assert.equal(
      Object.values(summary.findings.bySeverity).reduce((sum, amount) => sum + amount, 0),
      findings.length,
    );
    for (const { code } of findings) assert.ok(codes[code]!.fix.length > 0);
    assert.equal(
      new Set(findings.map(({ fingerprint }) => fingerprint)).size,
      findings.length,
      'one finding, however many packs',
    );
  });

  test('of every code of packs are made by some run', () => {
    const runs = [
      ...Object.entries(SPOILED).flatMap(([kind, spoil]) =>
        packs
          .flatMap(({ name, controls }) =>
            controls
              .flatMap(({ id, checks }) =>
                checks
                  .filter((check) => check.kind === kind)
                  .flatMap((check) => spoil?.(good, check, `${name}:${id}`) ?? []),
              )
              .slice(0, 1),
          )
          .slice(0, 1),
      ),
      SPOILED.silence!(good, { kind: 'silence', params: '' }, ''),
    ];
    const codes = new Set(runs.flatMap((run) => all(run).findings.map(({ code }) => code)));
    for (const { code } of PACK_FINDINGS) assert.ok(codes.has(code), code);
  });
});

describe('licenses', () => {
  const iso = packs.find(({ name }) => name === 'iso-27001-2022')!;
  const [within] = good.report.licenses;
  const waiver = { id: 'w', title: 'W-9', owner: 'ann', reason: 'r', expires: '2027-01-01T00:00:00Z' };
  const period = (license: string, period: string, verdict: LicenseVerdict) => ({
    ...within!,
    license,
    period,
    verdict,
  });
  const breach = (license: string, month: string, more: Partial<Finding> = { waiver }): Finding => ({
    ...withFinding(good, `license:${license}`, 'seats-exceeded').report.findings[0]!,
    subject: license,
    message: `license "${license}" in ${month}: 3 seats in use, expected at most 2`,
    fingerprint: license + month,
    ...more,
  });
  const control = (licenses: LicenseSummary[], findings: Finding[], more: Partial<Report> = {}) =>
    resultOf(withReport(good, { licenses, findings, ...more }), iso, 'A.5.32');
  const exceeded = period('editor', '2026-05', 'exceeded');

  test('whose breaches are all waived except the control', () => {
    const { status, checks } = control([exceeded], [breach('editor', '2026-05')]);
    assert.equal(status, 'excepted');
    assert.deepEqual(
      checks.map(({ against, reason }) => [against, reason]),
      [[1, '1 finding stands, waived by W-9']],
    );
  });

  test('leave it open where another is undetermined, or a part of the log was not read', () => {
    const other = control(
      [exceeded, period('viewer', '2026-05', 'undetermined')],
      [breach('editor', '2026-05')],
    );
    assert.equal(other.status, 'undetermined');
    assert.equal(other.checks[0]!.reason, '1 period undetermined: viewer; 1 finding stands, waived by W-9');
    const inputs = [{ ...good.report.inputs[0]!, status: 'partial' as const }];
    assert.equal(control([exceeded], [breach('editor', '2026-05')], { inputs }).status, 'undetermined');
  });

  test('fail it by each period whose own breach is not waived', () => {
    const two = [exceeded, period('editor', '2026-06', 'exceeded')];
    const may = breach('editor', '2026-05');
    assert.equal(control(two, [may, breach('editor', '2026-06')]).status, 'excepted');
    assert.equal(control(two, [may, { ...may, fingerprint: 'another of May' }]).status, 'failed');
    assert.equal(control(two, [may, breach('viewer', '2026-06')]).status, 'failed');
    assert.equal(control(two, [may, breach('editor', '2026-06', {})]).status, 'failed');
  });
});

test('a control is not in force before its date, and a pack that was superseded says so', () => {
  const pci = packs.find(({ name }) => name === 'pci-dss-4')!;
  const early = withReport(good, { generated: '2025-01-01T00:00:00Z' });
  assert.match(resultOf(early, pci, '10.4.1.1').reason!, /not in force before 2025-03-31/);
  const { notices } = all(good);
  assert.deepEqual(
    notices.map(({ message }) => message),
    ['the pack "m-21-31" (OMB M-21-31) is superseded since 2026-05-22; ask for "m-26-14"'],
  );
});

test('every control that a rule or a code names is in its pack', () => {
  const names = new Set(packs.map(({ name }) => name));
  const known = new Set(packs.flatMap(({ name, controls }) => controls.map(({ id }) => `${name}:${id}`)));
  const named = [
    ...policies.flatMap(({ controls }) => controls),
    ...findingSpeakers().flatMap(({ kinds }) => kinds.flatMap(({ controls = [] }) => controls)),
  ].filter((control) => names.has(control.split(':')[0]!));
  assert.ok(named.length > 100);
  assert.deepEqual(
    [...new Set(named)].filter((control) => !known.has(control)),
    [],
  );
});

test('every check that looks at the rules that name its control finds some', () => {
  for (const { name, controls } of packs)
    for (const { id, checks } of controls)
      for (const { kind, params } of checks)
        if (kind === 'rules' && (params as { ids?: string[] }).ids === undefined)
          assert.ok(
            policies.some((rule) => rule.controls.includes(`${name}:${id}`)),
            `${name}:${id}`,
          );
});
