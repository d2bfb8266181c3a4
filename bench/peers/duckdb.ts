/**
 * DuckDB, the peer that reads JSON with all cores: `duckdb.ts QUERY FILE [THREADS]`, one JSON row on stdout.
 * Only the bench's own chained set can be judged by it: its records are in RFC 8785 form, and its fields are known.
 */
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Every way to join a record to the one before it in the order of the file that DuckDB 1.5 has was tried. `lag` over a
 * temporary table, which keeps the order and is filled by all threads, is the fastest that is right: right over the
 * reader, `lag` holds the whole query to one thread (4.9 s instead of 2.5 s for 1,000,000 events), and over a
 * materialized CTE it is wrong, because that keeps no order (34 breaks in a log that has none).
 */
const JOIN = `
  select count(*) as events, count(*) filter (not held or prev_hash <> before) as breaks
  from (select held, prev_hash, lag(hash, 1, repeat('0', 64)) over () as before from records)`;

/**
 * The pre-image is the text of the record without its hash member: true only because the text is in RFC 8785 form,
 * which this does not check. Text functions on the bare line (strpos, substr, no JSON parsed) took as long.
 */
const TEXT = (file: string) => `
  create temp table records as
  select hash, prev_hash, sha256(replace(line, '"hash":"' || hash || '",', '')) = hash as held
  from (
    select json::varchar as line, fields[1] as hash, fields[2] as prev_hash
    from (
      select json, json_extract_string(json, ['$.hash', '$.prev_hash']) as fields
      from read_ndjson_objects('${file}')
    )
  )`;

const COLUMNS = [
  'action',
  'actor',
  'decision',
  'endpoint',
  'id',
  'ip',
  'outcome',
  'prev_hash',
  'region',
  'request',
  'seq',
  'service',
  'session',
  'target',
  'tenant',
  'ticket',
  'time',
  'user_agent',
];
const TYPES: Record<string, string> = {
  request: 'STRUCT("bytes" BIGINT, duration_ms BIGINT, "method" VARCHAR, trace VARCHAR)',
  seq: 'BIGINT',
};

/** The pre-image is written anew from parsed columns, as for records whose text is not in RFC 8785 form. */
const PARSED = (file: string) => {
  const types = [...COLUMNS, 'hash'].map((name) => `"${name}": '${TYPES[name] ?? 'VARCHAR'}'`).join(', ');
  const text = (names: string[]) =>
    `to_json(struct_pack(${names.map((name) => `"${name}" := "${name}"`).join(', ')}))::varchar`;
  // A member that is absent must not come back as null, and only "ticket" is ever absent.
  const preImage = `case when ticket is null then ${text(COLUMNS.filter((name) => name !== 'ticket'))} else ${text(COLUMNS)} end`;
  return `create temp table records as
    select hash, prev_hash, sha256(${preImage}) = hash as held
    from read_ndjson('${file}', columns = {${types}})`;
};

const QUERIES: Record<string, (file: string) => string[]> = {
  chain: (file) => [TEXT(file), JOIN],
  'chain-parsed': (file) => [PARSED(file), JOIN],
  filter: (file) => [
    `select count(*) as events from read_ndjson('${file}', columns = {action: 'VARCHAR', outcome: 'VARCHAR'})
     where action = 'role.grant' and outcome = 'failure'`,
  ],
};

const [name, file, threads = '2'] = process.argv.slice(2);
const queries = QUERIES[name ?? ''];
if (queries === undefined || file === undefined) {
  console.error(`usage: duckdb.ts ${Object.keys(QUERIES).join('|')} FILE [THREADS]`);
  process.exit(2);
}
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
let answer: unknown;
for (const query of queries(file.replaceAll("'", "''"))) {
  answer = (await connection.runAndReadAll(query)).getRowObjectsJson()[0];
}
console.log(JSON.stringify(answer));
