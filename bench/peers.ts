/** The peers of the bench as commands: the floors, jq, and DuckDB in a Node process of its own. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from './measure.ts';
import { CACHE, ROOT } from './places.ts';

export type Input = { file: string; events: number; bytes: number };

/** As `npm run bench` compiles it: a peer must not pay for a compiler at start-up, as ours does not. */
function program(name: string): string[] {
  return [process.execPath, path.join(CACHE, 'peers', `${name}.js`)];
}

export function floor({ file, events, bytes }: Input): Command {
  const name = 'floor: read, JSON.parse and SHA-256 per line';
  return { name, argv: [...program('floor'), file], events, bytes, refuse: countsTo(events) };
}

export function hashFloor({ file, events, bytes }: Input): Command {
  const name = 'hash floor: read and SHA-256 per line';
  return { name, argv: [...program('hash-floor'), file], events, bytes, refuse: countsTo(events) };
}

/** SHA-256 of the whole file, or of its first `bytes`. */
export function digest(name: string, { file, bytes }: Input): Command {
  return { name, argv: [...program('digest'), file, String(bytes)], events: 0, bytes };
}

export function jq({ file, events, bytes }: Input): Command {
  const filter = 'select(.action == "role.grant" and .outcome == "failure")';
  return { name: 'jq, one filter', argv: ['jq', '-c', filter, file], events, bytes };
}

export const DUCKDB_THREADS = 2;

export type DuckdbQuery = 'chain' | 'chain-parsed' | 'filter';

export function duckdb(name: string, query: DuckdbQuery, { file, events, bytes }: Input): Command {
  const argv = [...program('duckdb'), query, file, String(DUCKDB_THREADS)];
  if (query === 'filter') return { name, argv, events, bytes };
  const refuse = (said: string) => {
    const right = JSON.stringify({ events: String(events), breaks: '0' });
    return said.includes(right) ? undefined : `it answered otherwise than ${right}`;
  };
  return { name, argv, events, bytes, refuse };
}

/** `jq-1.7.1, @duckdb/node-api 1.5.6-r.1`, as found on this machine. */
export function peerVersions(): string {
  const ours = path.join(ROOT, 'node_modules', '@duckdb', 'node-api', 'package.json');
  const { version } = JSON.parse(fs.readFileSync(ours, 'utf8')) as { version: string };
  const said = spawnSync('jq', ['--version'], { encoding: 'utf8' });
  const jqVersion = said.status === 0 ? said.stdout.trim() : 'no jq';
  return `${jqVersion}, @duckdb/node-api ${version}`;
}

function countsTo(events: number): (said: string) => string | undefined {
  return (said) => (said.trim() === String(events) ? undefined : `it counted otherwise than ${events}`);
}
