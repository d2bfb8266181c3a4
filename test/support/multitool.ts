/** Microsoft's SARIF multitool, the independent judge of our logs. Tests only. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Log, Result } from 'sarif';

const FOLDER = fileURLToPath(
  new URL('../../node_modules/@microsoft/sarif-multitool-linux/', import.meta.url),
);
/** Called by itself: the script around it gives `;` to a shell. */
const BINARY = path.join(FOLDER, 'Sarif.Multitool');

export const SARIF_SCHEMA = path.join(FOLDER, 'sarif-2.1.0.json');
export const absent = !existsSync(BINARY) && 'the multitool for Linux is not installed';

/** Notes of the multitool that stand, with the reason. Whatever is not here fails. */
const NOTES: Record<string, string> = {
  SARIF2002:
    'messages are text: GitHub shows nothing else, and braces of log text must not become placeholders',
  SARIF2003: 'logs lie in no repository',
  SARIF2006: 'asks the network',
  SARIF2009: 'our codes are words that are facts, not numbers',
  SARIF2010: 'snippets: log lines hold personal data',
  SARIF2011: 'context: the same',
  SARIF2012: 'a help page of its own: only rules with a web reference have one',
  SARIF2013: 'embedded files: the same as snippets',
};

export type Note = { level: string; ruleId: string | undefined; message: string };

export function isKnownNote({ level, ruleId }: Note): boolean {
  return level === 'note' && ruleId !== undefined && Object.hasOwn(NOTES, ruleId);
}

/** What it says of a log, by the rules of the kinds that are named. A result without a level is a warning (§3.27.10). */
export async function validate(log: string, kinds = 'Sarif;Ghas'): Promise<Note[]> {
  const [notes] = await validateEach([log], kinds);
  return notes!;
}

/** The same of each log, in one process: its start takes half a second of a processor (measured), a log a tenth. */
export async function validateEach(logs: readonly string[], kinds = 'Sarif;Ghas'): Promise<Note[][]> {
  const files = Object.fromEntries(logs.map((log, index) => [`log-${index}.sarif`, log]));
  const names = Object.keys(files);
  const found = await run(files, ['validate', ...names, '--rule-kind', kinds, ...LEVELS]);
  const notes: Note[][] = logs.map(() => []);
  for (const { level = 'warning', ruleId, message, locations } of found) {
    const { uri } = locations![0]!.physicalLocation!.artifactLocation!;
    notes[names.indexOf(path.posix.basename(uri!))]!.push({
      level,
      ruleId,
      message: JSON.stringify(message.arguments),
    });
  }
  return notes;
}

const LEVELS = ['--level', 'Error;Warning;Note', '--output', 'out.sarif'];

/** The results of both logs, each with its baseline state. */
export function matchForward(previous: string, current: string): Promise<Result[]> {
  const files = { 'previous.sarif': previous, 'current.sarif': current };
  const options = ['--previous', 'previous.sarif', '--output-file-path', 'out.sarif'];
  return run(files, ['match-results-forward', 'current.sarif', ...options]);
}

/** Its exit code says nothing; the log that it writes does. */
async function run(files: Record<string, string>, options: string[]): Promise<Result[]> {
  chmodSync(BINARY, 0o755);
  const folder = mkdtempSync(path.join(tmpdir(), 'audit-check-sarif-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    await promisify(execFile)(BINARY, [...options, '--log', 'ForceOverwrite'], { cwd: folder }).catch(
      () => {},
    );
    const out: Log = JSON.parse(readFileSync(path.join(folder, 'out.sarif'), 'utf8').replace(/^\ufeff/, ''));
    return out.runs[0]!.results!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
