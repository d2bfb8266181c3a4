/**
 * JUnit XML, for whatever shows test results: https://github.com/jenkinsci/xunit-plugin has the schema that Jenkins asks for.
 * A case is one rule or check in one file, and fails by `--fail-on`. What ran and found nothing is one case, not one a file:
 * four hundred rules over ten thousand files would be four million.
 */

import { groupBy } from '../base/group-by.ts';
import { count, escapeControls, truncate } from '../base/text-safety.ts';
import { wholeMessage } from '../model/also-said.ts';
import type { Finding } from '../model/finding.ts';
import { formatPlace } from '../model/place.ts';
import type { InputSummary, Report, ReportFormat, RuleSummary } from '../model/report.ts';
import { whatCounts } from '../model/verdict.ts';
import { momentOf } from './parts/finding-time.ts';
import { createWords, type FindingWords } from './parts/finding-words.ts';
import { explainVerdict } from './parts/verdict-words.ts';
import { describeWaiver, whyExcepted } from './parts/waiver-words.ts';
import { worstFirst } from './parts/worst-first.ts';
import { toAttributes, toXmlText } from './parts/xml-text.ts';

/** Findings of a case that are told. */
const MAX_TOLD = 50;
const MAX_MESSAGE = 2_000;
const MAX_NAME = 300;

type Outcome = 'failure' | 'error' | 'skipped';
type Case = { name: string; outcome?: Outcome; type?: string; message?: string; lines?: string[] };
type Suite = { name: string; cases: Case[] };

export const junit: ReportFormat = {
  name: 'junit',
  title: 'JUnit XML: a test case for each rule or check in a file',
  render(report) {
    const suites = [
      inputSuite(report),
      ruleSuite(report),
      ...findingSuites(report),
      ...controlSuites(report),
    ];
    const shown = suites.filter(({ cases }) => cases.length > 0);
    const all = shown.flatMap(({ cases }) => cases);
    const lines = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${toAttributes({ name: report.tool.name, ...countOf(all) })}>`,
      ...shown.flatMap((suite) => suiteLines(suite, report.generated)),
      '</testsuites>',
    ];
    return `${lines.join('\n')}\n`;
  },
};

/** Whether everything was read: a report without findings is worth as much as what was audited. */
function inputSuite(report: Report): Suite {
  const { verdict } = report.summary;
  const whole: Case = { name: 'the audit is complete' };
  if (verdict === 'incomplete')
    Object.assign(whole, { outcome: 'error', type: 'incomplete', message: explainVerdict(report) });
  return { name: 'inputs', cases: [whole, ...report.inputs.map(inputCase)] };
}

function inputCase({ file, status, reason }: InputSummary): Case {
  if (status === 'complete') return { name: file };
  const message = `${status}${reason === undefined ? '' : `: ${reason}`}`;
  return { name: file, outcome: status === 'skipped' ? 'skipped' : 'error', type: status, message };
}

/** Rules without a finding: those that ran pass, those that could not speak do not. */
function ruleSuite({ rules, findings }: Report): Suite {
  const speaking = new Set(findings.map(({ rule }) => rule));
  return { name: 'rules', cases: rules.filter(({ id }) => !speaking.has(id)).map(ruleCase) };
}

function ruleCase({ id, title, status, reason }: RuleSummary): Case {
  const name = `${title} (${id})`;
  if (status === 'ran') return { name };
  const message = `${status}${reason === undefined ? '' : `: ${reason}`}`;
  return { name, outcome: status === 'error' ? 'error' : 'skipped', type: status, message };
}

function findingSuites(report: Report): Suite[] {
  const wordsOf = createWords(report);
  const spoken = report.findings.filter(({ verdict }) => verdict !== 'satisfied');
  return [...groupBy(spoken, ({ rule }) => rule)].map(([name, findings]) => ({
    name,
    cases: [...groupBy(findings, ({ place }) => place.file)].map(([file, some]) =>
      findingCase(file, worstFirst(some), report, wordsOf),
    ),
  }));
}

function findingCase(
  file: string,
  findings: readonly Finding[],
  report: Report,
  wordsOf: (finding: Finding) => FindingWords,
): Case {
  const failing = findings.filter(whatCounts(report, report.summary));
  const [first] = failing;
  const lines = [
    ...findings.slice(0, MAX_TOLD).flatMap((finding) => findingLines(finding, wordsOf(finding))),
    ...(findings.length > MAX_TOLD ? [`and ${count(findings.length - MAX_TOLD, 'more', 'more')}`] : []),
  ];
  if (first !== undefined) {
    const more = failing.length > 1 ? `, and ${count(failing.length - 1, 'more', 'more')}` : '';
    return { name: file, outcome: 'failure', type: first.severity, message: `${tell(first)}${more}`, lines };
  }
  const waiver = findings.find((finding) => finding.waiver !== undefined)?.waiver;
  if (findings.every((finding) => finding.waiver !== undefined))
    return { name: file, outcome: 'skipped', message: `waived ${describeWaiver(waiver!)}`, lines };
  return { name: file, lines };
}

function tell(finding: Finding): string {
  const { code, verdict } = finding;
  return `${verdict === 'undetermined' ? 'undetermined, ' : ''}${code}: ${truncate(wholeMessage(finding), MAX_MESSAGE)}`;
}

function findingLines(finding: Finding, { fix }: FindingWords): string[] {
  const { severity, place, waiver, lapsed } = finding;
  const time = momentOf(finding);
  return [
    `${severity}: ${tell(finding)}`,
    `  at ${formatPlace(place)}${time === undefined ? '' : `, ${time}`}`,
    ...(waiver === undefined ? [] : [`  waived ${truncate(describeWaiver(waiver), MAX_MESSAGE)}`]),
    ...(lapsed === undefined
      ? []
      : [`  its waiver ${lapsed.id} does not hold: ${truncate(lapsed.reason, MAX_MESSAGE)}`]),
    ...(fix === '' ? [] : [`  help: ${truncate(fix, MAX_MESSAGE)}`]),
  ];
}

/** Of the packs that were asked for: only what was looked at and stands can pass. */
function controlSuites({ controls = [] }: Report): Suite[] {
  return [...groupBy(controls, ({ pack }) => pack)].map(([pack, some]) => ({
    name: `controls of ${pack}`,
    cases: some.map(({ control, title, status, reason, checks }): Case => {
      const name = `${control} ${title}`;
      if (status === 'passed') return { name };
      const lines = checks.map((check) => {
        const why = check.reason === undefined ? '' : `: ${check.reason}`;
        return `${check.status}: ${check.asks} (${count(check.population.count, check.population.of, check.population.of)})${why}`;
      });
      const why = whyExcepted({ status, checks }) ?? reason;
      const message = `${status}${why === undefined ? '' : `: ${why}`}`;
      return { name, outcome: status === 'failed' ? 'failure' : 'skipped', type: status, message, lines };
    }),
  }));
}

function countOf(cases: readonly Case[]) {
  const of = (outcome: Outcome) => cases.filter((each) => each.outcome === outcome).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error') };
}

function suiteLines({ name, cases }: Suite, timestamp: string | undefined): string[] {
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
  const suite = truncate(name, MAX_NAME);
  return [
    `  <testsuite${toAttributes({ name: suite, ...countOf(cases), skipped, timestamp })}>`,
    ...cases.flatMap((each) => caseLines(each, suite)),
    '  </testsuite>',
  ];
}

function caseLines({ name, outcome, type, message = '', lines = [] }: Case, suite: string): string[] {
  const head = `    <testcase${toAttributes({ name: truncate(name, MAX_NAME), classname: suite })}`;
  const told = lines.map((line) => escapeControls(line)).join('\n');
  const short = truncate(message, MAX_MESSAGE);
  if (outcome === undefined)
    return lines.length === 0
      ? [`${head}/>`]
      : [`${head}>`, `      <system-out>${toXmlLines(told)}</system-out>`, '    </testcase>'];
  // The oldest schema knows no attribute of what was skipped.
  if (outcome === 'skipped') {
    const output = lines.length === 0 ? [] : [`      <system-out>${toXmlLines(told)}</system-out>`];
    return [`${head}>`, `      <skipped>${toXmlText(short)}</skipped>`, ...output, '    </testcase>'];
  }
  return [
    `${head}>`,
    `      <${outcome}${toAttributes({ type, message: short })}>${toXmlLines(told)}</${outcome}>`,
    '    </testcase>',
  ];
}

/** The line breaks are ours. */
function toXmlLines(text: string): string {
  return text.split('\n').map(toXmlText).join('\n');
}
