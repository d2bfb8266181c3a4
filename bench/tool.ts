/** Our own side of the bench: `audit-check verify` as a command to measure, and what this build of it can do. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from './measure.ts';
import { ROOT } from './places.ts';

const PROGRAM = [process.execPath, path.join(ROOT, 'bin', 'audit-check.js')];
const CONTRACT = path.join(ROOT, 'bench', 'contract.yaml');

/** Everything on, as a user has it: schema, chain, rules that come along; seats with the contract of the bench. */
export const WITH_SEATS = ['--licenses', CONTRACT];

export type VerifyCommand = {
  name: string;
  paths: string[];
  events: number;
  bytes: number;
  flags?: string[];
  prepare?: () => void;
  /** A second number of records that is right. */
  alsoReads?: number;
  /** More records than `events` are right, too. */
  more?: boolean;
};

/** `verify` over `paths`; refused unless it read exactly `events` records, or `alsoReads`, or `more`. */
export function verifyCommand({
  name,
  paths,
  events,
  bytes,
  flags = [],
  prepare,
  alsoReads,
  more = false,
}: VerifyCommand): Command {
  return {
    name,
    argv: [...PROGRAM, 'verify', '--no-config', '--quiet', '--stats', ...flags, ...paths],
    events,
    bytes,
    ...(prepare !== undefined && { prepare }),
    refuse: (output) => {
      const said = /^(?:events|records)\s+([\d,]+)/m.exec(output)?.[1];
      const records = Number(said?.replaceAll(',', ''));
      return records === events || records === alsoReads || (more && records > events)
        ? undefined
        : `it read ${records} records, expected ${events}`;
    },
  };
}

/** `licenses` over the same; refused unless no license is in doubt or exceeded. */
export function statementCommand({ name, paths, events, bytes, flags = [] }: VerifyCommand): Command {
  return {
    name,
    argv: [...PROGRAM, 'licenses', '--no-config', ...flags, ...paths],
    events,
    bytes,
    refuse: (output) => {
      const verdicts = /^Licenses\n([\s\S]*?)\n\n/m.exec(output)?.[1]?.split('\n').slice(1) ?? [];
      const isWithin = verdicts.length > 0 && verdicts.every((row) => row.endsWith('within'));
      return isWithin ? undefined : 'not every license is said to be within its quantity';
    },
  };
}

export function versionCommand(): Command {
  return { name: 'audit-check --version', argv: [...PROGRAM, '--version'], events: 0, bytes: 0 };
}

let help: string | undefined;

/** Whether `verify --help` lists the flag, as `--jobs`. */
export function canVerify(flag: string): boolean {
  help ??= spawnSync(PROGRAM[0]!, [PROGRAM[1]!, 'verify', '--help'], { encoding: 'utf8' }).stdout;
  return new RegExp(`^\\s+(?:-\\w, )?${flag}\\b`, 'm').test(help);
}

/** Flags for a number of workers; undefined when this build has only one thread, and the row is left out. */
export function jobs(count: number): string[] | undefined {
  return canVerify('--jobs') ? ['--jobs', String(count)] : undefined;
}

/** The most threads this build has, up to `count`: for sections that ask how much, not how many threads. */
export function upToJobs(count: number): { words: string; flags: string[] } {
  const flags = jobs(count);
  return flags === undefined ? { words: 'one thread', flags: [] } : { words: `${count} workers`, flags };
}

export const NO_JOBS =
  'verify --help lists no --jobs: rows with workers are left out, and one thread did the rest';

export function sizeOf(file: string): number {
  return fs.statSync(file).size;
}
