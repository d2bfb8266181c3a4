/** The peers of the bench as commands: the floors, jq, and DuckDB in a Node process of its own. */
import path from 'node:path';
import type { Command } from './measure.ts';
import { CACHE } from './places.ts';

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

function countsTo(events: number): (said: string) => string | undefined {
  return (said) => (said.trim() === String(events) ? undefined : `it counted otherwise than ${events}`);
}
