/** Annotations and the step summary keep within the limits of GitHub, say what they leave out, and carry no command of a log. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { github } from '../../src/report/github.ts';
import { githubSummary } from '../../src/report/github-summary.ts';
import { cleanReport, HOSTILE, hostileReport, place, richReport } from './sample-report.ts';

const OPTIONS = { colors: false, width: 80 };

type Command = { name: string; properties: Record<string, string>; data: string };

/** As the runner reads a line (actions/runner, `ActionCommand.TryParseV2`): undefined where it is no command. */
function toCommand(line: string): Command | undefined {
  const found = /^::(\w+)(?: (.*?))?::(.*)$/.exec(line.trimStart());
  if (found === null) return undefined;
  const decode = (text: string) =>
    text
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%25', '%');
  const properties = Object.fromEntries(
    (found[2] ?? '').split(',').map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), decode(pair.slice(equals + 1))];
    }),
  );
  return { name: found[1]!, properties, data: decode(found[3]!) };
}

function commandsOf(report: Report): Command[] {
  return github
    .render(report, OPTIONS)
    .trimEnd()
    .split('\n')
    .flatMap((line) => toCommand(line) ?? []);
}

/** So many kinds of findings, each by a check of its own. */
function kinds(amount: number, severity: Finding['severity']): Finding[] {
  const sample = richReport().findings[1]!;
  return Array.from({ length: amount }, (_, index) => ({
    ...sample,
    severity,
    code: `code-${severity}-${index}`,
  }));
}

describe('annotations', () => {
  test('are one a kind at its worst finding, errors first, with the help, and the verdict last', () => {
    const commands = commandsOf(richReport());
    assert.deepEqual(
      commands.map(({ name, properties }) => `${name} ${properties.title}`),
      [
        'error the audit is incomplete',
        'error malformed-record: malformed record',
        'error altered-record: altered record',
        'error missing-field: required field missing',
        'error seats of editor',
        'warning approved by the one who asked',
        'notice disorder: records out of order',
        'notice unprotected: log without a chain',
      ],
    );
    assert.deepEqual(commands[3]!.properties, {
      file: 'logs/app.ndjson',
      line: '17',
      title: 'missing-field: required field missing',
    });
    assert.match(commands[3]!.data, /^"actor" is empty: .*\nhelp: have the application write the field/);
    assert.match(github.render(richReport(), OPTIONS), /\nincomplete: 1 input unreadable[^\n]*\n$/);
  });

  test('count the further findings of a kind, and in how many files', () => {
    const report = cleanReport();
    const [sample] = kinds(1, 'high');
    report.findings = Array.from({ length: 1_234 }, (_, index) => ({
      ...sample!,
      place: place(`${index % 3}.log`, index + 1),
    }));
    const [command, ...others] = commandsOf(report);
    assert.match(command!.data, /\nand 1,233 more of this kind in 3 files/);
    assert.deepEqual(others, []);
  });

  test('are none for a clean report, and none for what is waived', () => {
    assert.equal(
      github.render(cleanReport(), OPTIONS),
      'clean: 1,200 records audited, no finding at low or above\n',
    );
    const report = cleanReport();
    report.findings = richReport().findings.filter(({ waiver }) => waiver !== undefined);
    assert.deepEqual(commandsOf(report), []);
  });

  test('are ten of a level at the most, the tenth says what is not shown', () => {
    const report = richReport();
    report.findings = [...kinds(25, 'critical'), ...kinds(40, 'medium'), ...kinds(11, 'low')];
    const commands = commandsOf(report);
    for (const level of ['error', 'warning', 'notice'])
      assert.equal(commands.filter(({ name }) => name === level).length, 10, level);
    const tenth = commands.filter(({ name }) => name === 'warning').at(-1)!;
    assert.equal(tenth.properties.title, '31 more kinds of findings');
    assert.match(tenth.data, /^code-medium-9: .*code-medium-39: [^\n]*\nGitHub shows 10 of a level/);
  });

  test('give the text of a log back, and let it begin no command of its own', () => {
    const hostile = 'x\n::stop-commands::y\r%0A::error::z,file=a::b';
    const report = hostileReport(hostile);
    const commands = commandsOf(report);
    assert.ok(commands.length > 0);
    for (const { name, data, properties } of commands) {
      assert.ok(['error', 'warning', 'notice'].includes(name));
      assert.deepEqual(
        Object.keys(properties).filter((key) => !['file', 'line', 'title'].includes(key)),
        [],
      );
      assert.doesNotMatch(data, /^::/m);
    }
    assert.ok(
      commands.some(({ data }) => data.startsWith('x\\u{a}::stop-commands::y\\u{d}%0A::error::z,file=a::b')),
    );
    assert.ok(
      commands.some(
        ({ properties }) => properties.file === 'x\\u{a}::stop-commands::y\\u{d}%0A::error::z,file=a::b',
      ),
    );
  });
});

describe('the step summary', () => {
  test('is the whole page where that is short', () => {
    const page = githubSummary.render(richReport(), OPTIONS);
    assert.match(page, /^# audit-check: incomplete\n/);
    assert.doesNotMatch(page, /left out/);
  });

  test('stays under 1,024 KiB, the verdict first, and counts what it leaves out', () => {
    const report = richReport();
    const sample = report.findings[1]!;
    report.findings = Array.from({ length: 9_000 }, (_, index) => ({
      ...sample,
      code: `code-${index}`,
      message: `${HOSTILE} ${'名'.repeat(400)}`,
    }));
    const page = githubSummary.render(report, OPTIONS);
    assert.ok(Buffer.byteLength(page) <= 1_024 * 1_024 - 1_000);
    assert.match(page, /^# audit-check: incomplete\n\n\*\*incomplete\*\*/);
    const [, left] = /\*\*([\d,]+) more sections left out\*\*/.exec(page)!;
    const shown = page.match(/^### /gm)!.length;
    // All kinds, and the line of the tool at the end.
    assert.equal(shown + Number(left!.replaceAll(',', '')), 9_001);
  });
});
