/** Deterministic audit events, chained by SHA-256 over RFC 8785: the same bytes on every machine. */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRandom, type Random } from './random.ts';
import { writeLines } from './write-set.ts';

/** Of the first event; one event follows every 37 ms on average. */
const START_MS = Date.UTC(2026, 0, 1);
/** How many of a thousand events do what; the rest reads files. Sensitive actions are rare, as in any real log. */
const PER_MILLE: readonly [action: string, share: number][] = [
  ['license', 100],
  ['user.login', 60],
  ['user.logout', 60],
  ['file.write', 180],
  ['report.export', 8],
  ['secret.read', 8],
  ['config.update', 5],
  ['role.grant', 2],
];
const SERVICES = ['billing', 'editor', 'identity', 'storage'];
const GENESIS = '0'.repeat(64);

type Seat = { session: string; user: number };

/** Writes events `from` to below `until` of the one endless log, unless the file is there. Returns its path. */
export function writeChained(cache: string, until: number, from = 0): string {
  const name = from === 0 ? `chained-${until}.ndjson` : `chained-${from}-until-${until}.ndjson`;
  const file = path.join(cache, name);
  if (!fs.existsSync(file)) writeLines(file, chainedEvents(until, from));
  return file;
}

/**
 * Events as RFC 8785 texts, mixed as PER_MILLE says. The texts are put together by hand, members in order: nothing in
 * them needs an escape, and sorting members and JSON.stringify took five times as long (measured).
 */
function* chainedEvents(until: number, from: number): Generator<string> {
  const random = createRandom(1);
  let previous = GENESIS;
  let time = START_MS;
  const open: Seat[] = [];
  for (let index = 0; index < until; index++) {
    time += random(74);
    const kind = chooseAction(random(1000));
    const seat = kind === 'license';
    const closes = seat && open.length > 0 && (open.length > 40 || random(2) === 0);
    const held = closes
      ? open.splice(random(open.length), 1)[0]!
      : { session: `s-${index.toString(36)}`, user: random(500) };
    if (seat && !closes) open.push(held);
    const [head, tail] = toHalves(index, time, kind, seat, closes, held, previous, random);
    const hash = crypto.hash('sha256', head + tail, 'hex');
    if (index >= from) yield `${head}"hash":"${hash}",${tail}`;
    previous = hash;
  }
}

/** The event without its hash, in two halves: before the place of the hash, and after it. */
function toHalves(
  index: number,
  time: number,
  kind: string,
  seat: boolean,
  closes: boolean,
  held: Seat,
  previous: string,
  random: Random,
): [head: string, tail: string] {
  // The draws stand in the order in which the first sets were drawn: another order gives other bytes.
  const user = seat ? held.user : random(500);
  const failed = random(50) === 0;
  const endpoint = `/api/v2/${SERVICES[random(4)]}/items/${random(100_000)}`;
  const ip = `10.${random(4)}.${random(256)}.${random(256)}`;
  const bytes = random(1_000_000);
  const duration = random(5_000);
  const service = seat ? 'license-server' : SERVICES[random(4)];
  const target = seat ? 'editor' : `document/${random(1_000_000)}`;
  const tenant = random(20);
  const sensitive = kind === 'role.grant' || kind === 'config.update';
  const ticket = sensitive ? `"ticket":"CHG-${random(10_000)}",` : '';
  const action = seat ? (closes ? 'license.checkin' : 'license.checkout') : kind;
  const trace = crypto.hash('md5', String(index), 'hex');
  const head = `{"action":"${action}","actor":"user${String(user).padStart(3, '0')}@example.com","decision":"${
    failed ? 'denied' : 'allowed'
  }","endpoint":"${endpoint}",`;
  const tail = `"id":"evt-${String(index).padStart(12, '0')}","ip":"${ip}","outcome":"${
    failed ? 'failure' : 'success'
  }","prev_hash":"${previous}","region":"eu-central-1","request":{"bytes":${bytes},"duration_ms":${duration},"method":"POST","trace":"${trace}"},"seq":${index},"service":"${service}","session":"${held.session}","target":"${target}","tenant":"tenant-${tenant}",${ticket}"time":"${new Date(time).toISOString()}","user_agent":"acme-client/4.2 (linux; x64)"}`;
  return [head, tail];
}

function chooseAction(draw: number): string {
  let below = 0;
  for (const [action, share] of PER_MILLE) {
    below += share;
    if (draw < below) return action;
  }
  return 'file.read';
}
