/** `verify` with everything on, over a chained application log, beside the floors, jq and DuckDB. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { writeChained } from '../data/chained.ts';
import { writeRules } from '../data/rules.ts';
import { type Command, measureInTurn } from '../measure.ts';
import { DUCKDB_THREADS, type DuckdbQuery, duckdb, floor, hashFloor, jq, peerVersions } from '../peers.ts';
import { CACHE } from '../places.ts';
import { atLeast, atMost, below, rateOf, type Section, timesOf } from '../section.ts';
import { jobs, NO_JOBS, sizeOf, verifyCommand, WITH_SEATS } from '../tool.ts';

const DUCKDB_CHAIN = `DuckDB, ${DUCKDB_THREADS} threads, chain alone`;
const DUCKDB_PARSED = `DuckDB, ${DUCKDB_THREADS} threads, chain alone, from parsed columns`;
const ONE = 'audit-check verify, 1 worker';
const TWO = 'audit-check verify, 2 workers';
const PLAIN = 'audit-check verify, one thread';
const FEW_RULES = 25;
const TWO_FEW = `${TWO}, ${FEW_RULES} rules`;
const TAMPERED_EVENTS = 1000;

export const chained: Section = {
  name: 'chained',
  about: 'chained application events: everything on, beside the floors, jq and DuckDB',
  async run({ events, runs }) {
    const file = writeChained(CACHE, events);
    const input = { file, events, bytes: sizeOf(file) };
    const rows = await measureInTurn(
      [
        floor(input),
        hashFloor(input),
        ...ours(input),
        duckdb(DUCKDB_CHAIN, 'chain', input),
        duckdb(DUCKDB_PARSED, 'chain-parsed', input),
        duckdb(`DuckDB, ${DUCKDB_THREADS} threads, one filter`, 'filter', input),
        jq(input),
      ],
      runs,
    );
    const best = rows.get(TWO);
    const single = rows.get(ONE) ?? rows.get(PLAIN);
    const floorRow = rows.get(floor(input).name);
    const chain = rows.get(DUCKDB_CHAIN);
    const notes = [`${events} events, ${(input.bytes / 1e6).toFixed(0)} MB`, tamperedNote(), peerVersions()];
    if (best === undefined) notes.push(NO_JOBS);
    return {
      title: 'chained: schema, chain, rules and seats over a chained application log',
      rows: [...rows.values()],
      references: [
        { heading: 'floor', row: floorRow?.name ?? '' },
        { heading: 'DuckDB chain', row: DUCKDB_CHAIN },
      ],
      wants: [
        atLeast(`two workers, ${FEW_RULES} rules`, 500_000, rateOf(rows.get(TWO_FEW)), 'events/s'),
        atLeast('two workers', 500_000, rateOf(best), 'events/s'),
        atLeast('two workers, the goal', 1_000_000, rateOf(best), 'events/s'),
        atMost(
          `two workers, ${FEW_RULES} rules, against DuckDB's chain`,
          0.25,
          timesOf(rows.get(TWO_FEW), chain),
          'x',
        ),
        atMost("two workers against DuckDB's chain", 0.25, timesOf(best, chain), 'x'),
        atMost("two workers against DuckDB's chain, the goal", 0.1, timesOf(best, chain), 'x'),
        below('two workers, peak memory', 300, best?.peakMB, 'MB'),
        atMost('one worker against the floor (issue 2)', 2, timesOf(single, floorRow), 'x'),
        below('one worker, peak memory', 300, single?.peakMB, 'MB'),
      ],
      notes,
    };
  },
};

function ours(input: { file: string; events: number; bytes: number }): Command[] {
  const command = (name: string, flags: string[]) =>
    verifyCommand({ name, paths: [input.file], ...input, flags: [...WITH_SEATS, ...flags] });
  const one = jobs(1);
  const two = jobs(2);
  if (one === undefined || two === undefined) return [command(PLAIN, [])];
  const { folder } = writeRules(CACHE, 'audit', FEW_RULES);
  const few = ['--no-builtin-rules', '--rules', folder];
  return [command(ONE, one), command(TWO, two), command(TWO_FEW, [...two, ...few])];
}

/**
 * A peer that finds nothing whatever the log holds would be fast. One byte of the middle event is changed.
 * @throws when a query of DuckDB does not find it
 */
function tamperedNote(): string {
  const original = fs.readFileSync(writeChained(CACHE, TAMPERED_EVENTS), 'latin1');
  const at = original.indexOf('user', original.indexOf('\n', original.length / 2));
  const file = path.join(CACHE, `tampered-${TAMPERED_EVENTS}.ndjson`);
  fs.writeFileSync(file, `${original.slice(0, at)}w${original.slice(at + 1)}`, 'latin1');
  const queries: DuckdbQuery[] = ['chain', 'chain-parsed'];
  for (const query of queries) {
    const [program, ...args] = duckdb(query, query, { file, events: TAMPERED_EVENTS, bytes: 0 }).argv;
    const { stdout } = spawnSync(program!, args, { encoding: 'utf8' });
    if (!stdout.includes('"breaks":"1"'))
      throw new Error(`DuckDB's ${query} did not find the changed byte in ${file}: ${stdout}`);
  }
  return `both chain queries of DuckDB find one changed byte in ${TAMPERED_EVENTS} events`;
}
