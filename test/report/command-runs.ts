/** Three runs of the command that have little in common: what is made by hand may be too well made. Tests only. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/model/report.ts';
import { runWithInput } from '../support/command-line.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Chains, policies and damage; use of licenses; nothing but standard input. */
export const RUNS: Record<string, string[]> = {
  'the demo': ['--config', 'fixtures/demo/audit-check.yaml'],
  'a log of licenses': [
    '--no-config',
    'fixtures/statement/logs',
    '--licenses',
    'fixtures/statement/licenses.yaml',
  ],
  'standard input': ['--no-config', '-'],
};

const INPUT = '{"time":"2026-01-31T08:00:00Z","actor":"","action":"file.read","outcome":"success"}\n';

/** What `verify` writes to stdout. */
export function runCommand(words: readonly string[]): string {
  const { stdout, stderr, exit } = runWithInput(['verify', ...words], ROOT, Buffer.from(INPUT));
  assert.ok(exit <= 3, stderr);
  return stdout;
}

const reports = new Map<string, string>();

/** The report of one of `RUNS`, as its JSON tells it; run once for all that is rendered from it. */
export function reportOfRun(name: string): Report {
  const text = reports.get(name) ?? runCommand([...RUNS[name]!, '-f', 'json']);
  reports.set(name, text);
  return JSON.parse(text) as Report;
}
