/**
 * Good chains under every shipped profile, from a seed. Written without the code under test: each form is spelled out
 * here once more, so that a profile and its generator must agree on what its name promises.
 */
import crypto from 'node:crypto';

type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
type Fields = { [key: string]: Value };

export const CHAIN_KEY = Buffer.from('a key for tests, not for logs');

export type ChainOptions = {
  /** Value of `chain_id`; without it the records name no stream. */
  stream?: string;
  /** Whether records carry `seq`. */
  numbered?: boolean;
  /** Names of the previous and the own hash. */
  names?: readonly [string, string];
  genesis?: string | null;
};

type Form = {
  preimage: (record: Fields, previous: string) => string;
  line: (record: Fields) => string;
  key?: Uint8Array;
  /** Own hashes stand only in the successor. */
  ownless?: boolean;
};

const compact = (value: Value): string => JSON.stringify(value);
const sorted = (value: Value): string => write(value, true, ',', ':', false);
const python = (value: Value): string => write(value, true, ', ', ': ', true);

const spellOut = (json: string): string => json.replace('"rate":1.5', '"rate":1.50');

const FORMS: Record<string, Form> = {
  jcs: { preimage: sorted, line: (record) => write(record, false, ', ', ': ', false) },
  'hmac-jcs': { preimage: sorted, line: sorted, key: CHAIN_KEY },
  // Digits stay as written, which RFC 8785 does not do.
  'sorted-json': {
    preimage: (record) => spellOut(sorted(record)),
    line: (record) => spellOut(compact(record)),
  },
  'json-stringify': { preimage: compact, line: (record) => write(record, false, ', ', ': ', false) },
  'python-json': { preimage: python, line: (record) => write(record, false, ', ', ': ', true) },
  'python-json-compact': { preimage: (record) => write(record, true, ',', ':', true), line: compact },
  'python-json-unsorted': { preimage: (record) => write(record, false, ', ', ': ', true), line: compact },
  'raw-minus-hash': {
    preimage: (record) => write(record, false, ' , ', ' :', false),
    line: (record) => write(record, false, ' , ', ' :', false),
  },
  'joined-fields': {
    preimage: ({ timestamp, actor, action, target }, previous) =>
      [timestamp, actor, action, target, previous].join('|'),
    line: compact,
  },
  'linked-payload': { preimage: ({ payload = null }, previous) => previous + sorted(payload), line: compact },
  'linked-record': {
    preimage: ({ prev_hash: _, ...record }, previous) => previous + sorted(record),
    line: compact,
  },
  'raw-line': {
    preimage: (record) => write(record, false, ', ', ': ', false),
    line: (record) => write(record, false, ', ', ': ', false),
    ownless: true,
  },
  'jcs-line': { preimage: sorted, line: compact, ownless: true },
};

export const GENERATED_PROFILES: readonly string[] = Object.keys(FORMS);

/** `n` lines of a chain that holds. */
export function chainRecords(profile: string, n: number, seed: number, options: ChainOptions = {}): string[] {
  const random = randomFrom(seed);
  let previous = options.genesis === undefined ? '0'.repeat(64) : options.genesis;
  return Array.from({ length: n }, (_, index) => {
    const { line, hash } = chainRecord(profile, someRecord(index, random), index + 1, previous, options);
    previous = hash;
    return line;
  });
}

/** One record that follows `previous`, as its writer would have made it; or a forger who knows the form. */
export function chainRecord(
  profile: string,
  fields: Fields,
  number: number,
  previous: string | null,
  options: ChainOptions = {},
): { line: string; hash: string } {
  const form = FORMS[profile];
  if (form === undefined) throw new Error(`no generator for ${profile}`);
  const [previousName, ownName] = options.names ?? ['prev_hash', 'hash'];
  const record: Fields = { ...fields, [previousName]: previous };
  if (options.numbered !== false) record.seq = number;
  if (options.stream !== undefined) record.chain_id = options.stream;
  const digest = form.key === undefined ? crypto.createHash('sha256') : crypto.createHmac('sha256', form.key);
  const hash = digest.update(form.preimage(record, previous ?? '')).digest('hex');
  return { line: form.line(form.ownless === true ? record : { ...record, [ownName]: hash }), hash };
}

const ACTORS = ['ann', 'bob', 'cid', 'zoë', '李雷'];
const ACTIONS = ['login', 'payment.approve', 'role.grant', 'report.export'];

export function someRecord(index: number, random: (below: number) => number): Fields {
  return {
    timestamp: new Date(Date.UTC(2026, 0, 5) + index * 1000).toISOString(),
    actor: ACTORS[random(ACTORS.length)]!,
    action: ACTIONS[random(ACTIONS.length)]!,
    target: `invoice/${random(1_000_000)}`,
    rate: 1.5,
    payload: { amount: random(1_000_000), items: [random(9), random(9)], ok: random(2) === 1 },
    note: ['', 'a "quoted" word', 'tab\tand \\', 'snow \u2603 and \u{1f600}'][random(4)]!,
  };
}

function write(value: Value, sort: boolean, item: string, key: string, ascii: boolean): string {
  if (Array.isArray(value))
    return `[${value.map((element) => write(element, sort, item, key, ascii)).join(item)}]`;
  if (typeof value === 'object' && value !== null) {
    const keys = sort ? Object.keys(value).sort() : Object.keys(value);
    const members = keys.map(
      (name) => `${write(name, sort, item, key, ascii)}${key}${write(value[name]!, sort, item, key, ascii)}`,
    );
    return `{${members.join(item)}}`;
  }
  const json = JSON.stringify(value);
  if (!ascii || typeof value !== 'string') return json;
  return [...json].map((char) => (char <= '~' ? char : escapeUnits(char))).join('');
}

function escapeUnits(char: string): string {
  return Array.from(
    { length: char.length },
    (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
