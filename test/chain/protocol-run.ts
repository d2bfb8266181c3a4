/** Runs a file of another project through the real command, and the chain check alone over records of our own. */
import { ok } from 'node:assert/strict';
import type { Report } from '../../src/model/report.ts';
import type { CommandLine, CommandResult } from '../support/command-line.ts';
import { ChainRun } from './chain-run.ts';

export type Judged = { exit: number; report: Report; chain: string[]; others: string[] };

/** `audit-check verify FILE…` as a user calls it. `chain`: codes of the chain check in order, `others`: those of other checks. */
export async function verifyFiles(line: CommandLine, files: readonly string[], cwd: string): Promise<Judged> {
  const argv = ['verify', '--no-config', '--no-builtin-rules', '--format', 'json', ...files];
  const { exit, stdout, stderr }: CommandResult = await line.run(argv, cwd);
  ok(stdout.startsWith('{'), stderr);
  const report = JSON.parse(stdout) as Report;
  const codes = (chain: boolean) =>
    report.findings.filter(({ rule }) => (rule === 'hash-chain') === chain).map(({ code }) => code);
  return { exit, report, chain: codes(true), others: codes(false) };
}

/** `code message` of every finding of the chain check over records as they would stand in one file, in order. */
export function judgeRecords(records: readonly unknown[], now?: string): string[] {
  const run = new ChainRun(now === undefined ? {} : { generated: now });
  const lines = records.map((record) => JSON.stringify(record));
  const { findings } = run.verify({ 'log.jsonl': lines });
  return findings.map(({ code, message, place }) => `${place.line} ${code} ${message}`).sort();
}

export function codesOf(judged: readonly string[]): string[] {
  return judged.map((text) => text.split(' ').slice(0, 2).join(' '));
}
