/** The JUnit report is valid by the schema of Jenkins, counts right, and fails where `verify` does. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { validateXML } from 'xmllint-wasm';
import type { Report } from '../../src/model/report.ts';
import { junit } from '../../src/report/junit.ts';
import { cleanReport, emptyReport, hostileReport, place, richReport } from './sample-report.ts';

const SCHEMA = fs.readFileSync(new URL('schemas/jenkins-junit.xsd', import.meta.url), 'utf8');
const render = (report: Report) => junit.render(report, { colors: false, width: 80 });

/** What libxml has against the text, well-formedness first. */
async function errorsOf(xml: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: xml }],
    schema: [{ fileName: 'junit.xsd', contents: SCHEMA }],
  });
  return errors.map(({ message }) => message);
}

type Case = { suite: string; name: string; outcome: string };

function casesOf(xml: string): Case[] {
  const cases: Case[] = [];
  for (const [, suite, body] of xml.matchAll(/<testsuite name="([^"]*)"[^>]*>([\s\S]*?)<\/testsuite>/g)) {
    for (const [, name, rest] of body!.matchAll(
      /<testcase name="([^"]*)"[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g,
    )) {
      const outcome = /<(failure|error|skipped)\b/.exec(rest!)?.[1] ?? 'passed';
      cases.push({ suite: suite!, name: name!, outcome });
    }
  }
  return cases;
}

describe('the JUnit report', () => {
  for (const [name, sample] of Object.entries({ richReport, cleanReport, emptyReport, hostileReport })) {
    test(`of ${name} is valid by the schema, and its counts are those of its cases`, async () => {
      const xml = render(sample());
      assert.deepEqual(await errorsOf(xml), []);
      const cases = casesOf(xml);
      const of = (outcome: string) => cases.filter((each) => each.outcome === outcome).length;
      const [, tests, failures, errors] =
        /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)"/.exec(xml)!;
      assert.deepEqual([tests, failures, errors].map(Number), [cases.length, of('failure'), of('error')]);
    });
  }

  test('would not pass the validator with an element of its own', async () => {
    assert.notDeepEqual(
      await errorsOf(render(cleanReport()).replace('</testsuites>', '<x/></testsuites>')),
      [],
    );
  });

  const cases = casesOf(render(richReport()));
  const outcomeOf = (suite: string, name: string) =>
    cases.find((each) => each.suite === suite && each.name.startsWith(name))?.outcome;

  test('fails what reaches the threshold, and passes what does not', () => {
    assert.equal(outcomeOf('hash-chain', 'logs/app.ndjson'), 'failure');
    assert.equal(outcomeOf('timestamps', 'logs/app.ndjson'), 'passed');
    const strict = { ...richReport(), summary: { ...richReport().summary, failOn: 'low' as const } };
    assert.equal(casesOf(render(strict)).find(({ suite }) => suite === 'timestamps')?.outcome, 'failure');
  });

  test('has an error for what was not read and for rules that did not run, and skips what says nothing', () => {
    assert.equal(outcomeOf('inputs', 'the audit is complete'), 'error');
    assert.equal(outcomeOf('inputs', 'logs/secret.ndjson'), 'error');
    assert.equal(outcomeOf('inputs', 'logs/img/a.png'), 'skipped');
    assert.equal(outcomeOf('rules', 'odd user agents'), 'error');
    assert.equal(outcomeOf('rules', 'session token reused'), 'skipped');
    assert.equal(outcomeOf('rules', 'root account used'), 'passed');
  });

  test('passes a control only where the logs show it', () => {
    assert.equal(outcomeOf('controls of soc2', 'CC7.2'), 'failure');
    assert.equal(outcomeOf('controls of soc2', 'CC1.1'), 'skipped');
  });

  test('skips what is waived, and fails for one finding that is not', () => {
    const report = richReport();
    const waived = report.findings.filter(({ waiver }) => waiver !== undefined);
    assert.equal(
      casesOf(render({ ...report, findings: waived })).find(({ suite }) => suite === 'required-fields')
        ?.outcome,
      'skipped',
    );
    assert.equal(outcomeOf('required-fields', 'logs/app.ndjson'), 'failure');
  });

  test('says of a lapsed waiver why it does not hold', () => {
    assert.match(render(richReport()), /^ {2}its waiver w-2 does not hold: expired on 2025-03-01$/m);
  });

  test('tells fifty findings of a case and counts the rest', () => {
    const report = richReport();
    report.findings = Array.from({ length: 1_234 }, (_, index) => ({
      ...report.findings[3]!,
      place: place('a', index + 1),
    }));
    const xml = render(report);
    assert.equal(xml.match(/^ {2}at a:/gm)?.length, 50);
    assert.match(xml, /message="altered-record: [^"]*, and 1,233 more"/);
    assert.match(xml, /^and 1,184 more<\/failure>/m);
  });
});
