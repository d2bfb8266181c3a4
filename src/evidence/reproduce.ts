/** REPRODUCE.md: how somebody who trusts nobody makes the bundle again, and what it does not show. */
import { shellWord } from '../base/shell-word.ts';
import { count, escapeControls, formatNumber } from '../base/text-safety.ts';
import type { Report, ToldOption } from '../model/report.ts';
import type { EvidencePredicate } from './statement.ts';

export function renderReproduce(report: Report, predicate: EvidencePredicate): string {
  const { tool, summary, inputs } = report;
  const { seed, size, population, notSampled } = predicate.sample;
  const { records } = summary;
  const rejected = inputs.filter(({ status }) => status !== 'complete').length;
  const copies = predicate.configuration.flatMap(({ file, copy }) =>
    copy === undefined ? [] : [`- ${code(file)} as ${code(copy)}`],
  );
  const again = [...predicate.command, ...['--evidence', 'again', '--sample', String(size), '--seed', seed]];
  const lines = [
    '# How to check this bundle, and make it again',
    '',
    `Made by ${tool.name} ${tool.version}${report.generated === undefined ? '' : ` for ${code(report.generated)}`}. The verdict: **${summary.verdict}**.`,
    '',
    '## Check it',
    '',
    '```console',
    '$ audit-check evidence verify . --verifier-key KEY.pub      # digests, signature, tables, tie-outs',
    '$ audit-check evidence verify . --logs FOLDER               # and the sample, drawn again from the logs',
    '$ sha256sum -c SHA256SUMS                                   # digests alone, without audit-check',
    '```',
    '',
    '## Make it again',
    '',
    `${count(inputs.length, 'file')} with the digests of ${code('population.csv')}, ${tool.name} ${tool.version}, what the run was told, and the seed; the logs are only read, and had these digests before and after.`,
    '',
    'What the run was told, and what it left out:',
    '',
    ...Object.entries(predicate.options).map(([name, value]) => `- ${escapeControls(name)}: ${told(value)}`),
    ...copies,
    '',
    '```console',
    `$ ${escapeControls(again.map(shellWord).join(' '))}`,
    '$ diff -r . again                                           # no difference',
    '```',
    '',
    `The command is for the folder that it was given in. Where there is ${code('manifest.dsse.json')}, the same bytes need ${code('--evidence-key')} with the same key; without it, that file and its line in ${code('SHA256SUMS')} differ and nothing else. A history (${code('--history')}) has to be as it was before the run.`,
    '',
    '## What ties out',
    '',
    `- records read ${formatNumber(records.read)} = audited ${formatNumber(records.audited)} + malformed ${formatNumber(records.malformed)} + duplicate ${formatNumber(records.duplicate)} + skipped ${formatNumber(records.skipped)}, for the run and for each file (${code('population.csv')})`,
    `- ${count(rejected, 'file')} not read to the end; every stretch that is no record stands in ${code('rejected.csv')}`,
    `- sampled ${formatNumber(Math.min(size, population))} of ${formatNumber(population)} records: each draws SHA-256 of ${code('seed, digest of its file, offset')}, joined by newlines, and the smallest are the sample (${code('sample.csv')})`,
    ...notSampled.map(({ file, reason }) => `- not sampled: ${code(file)}: ${escapeControls(reason)}`),
    '',
    '## What it does not show',
    '',
    '- Tamper-evident is not tamper-proof: records that were cut off the end of a log without an anchor leave no trace.',
    '- Logs show what was recorded. Whether everything that happened was recorded, and whether a control was designed well, is not in them.',
    '- A seed that the audited party chose could be one that it liked: let the auditor name it.',
    '- A record that reads well may be untrue: the tables have room for what a tester finds.',
    '',
  ];
  return lines.join('\n');
}

function told(value: ToldOption): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatNumber(value);
  const values = [value].flat();
  return values.length === 0 ? 'none' : values.map(code).join(', ');
}

/** As Markdown code, whatever the log put into a name. */
function code(text: string): string {
  return `\`${escapeControls(text).replaceAll('`', '’')}\``;
}
