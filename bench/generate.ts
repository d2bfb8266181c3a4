/** Deterministic audit events, chained by SHA-256 over RFC 8785: the same bytes on every machine. */
import crypto from 'node:crypto';
import fs from 'node:fs';

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
const WRITE_BYTES = 4 * 1024 * 1024;

/** xorshift32: small, fast, and enough for data that only has to look busy. */
function createRandom(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Events as RFC 8785 texts, mixed as PER_MILLE says. */
function* chainedEvents(amount: number, seed = 1): Generator<string> {
  const random = createRandom(seed);
  let previous = GENESIS;
  let time = START_MS;
  const open: { session: string; user: number }[] = [];
  for (let index = 0; index < amount; index++) {
    time += random(74);
    const members = toMembers(index, time, random, open);
    members.prev_hash = previous;
    const body = Object.keys(members)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${JSON.stringify(members[key])}`);
    const hash = crypto.hash('sha256', `{${body.join(',')}}`, 'hex');
    const at = body.findIndex((member) => member > '"hash"');
    body.splice(at, 0, `"hash":"${hash}"`);
    yield `{${body.join(',')}}`;
    previous = hash;
  }
}

function chooseAction(draw: number): string {
  let below = 0;
  for (const [action, share] of PER_MILLE) {
    below += share;
    if (draw < below) return action;
  }
  return 'file.read';
}

function toMembers(
  index: number,
  time: number,
  random: (below: number) => number,
  open: { session: string; user: number }[],
): Record<string, unknown> {
  const kind = chooseAction(random(1000));
  const seat = kind === 'license';
  const closes = seat && open.length > 0 && (open.length > 40 || random(2) === 0);
  const held = closes
    ? open.splice(random(open.length), 1)[0]!
    : { session: `s-${index.toString(36)}`, user: random(500) };
  if (seat && !closes) open.push(held);
  const user = seat ? held.user : random(500);
  const failed = random(50) === 0;
  const sensitive = kind === 'role.grant' || kind === 'config.update';
  return {
    action: seat ? (closes ? 'license.checkin' : 'license.checkout') : kind,
    actor: `user${String(user).padStart(3, '0')}@example.com`,
    decision: failed ? 'denied' : 'allowed',
    endpoint: `/api/v2/${SERVICES[random(4)]}/items/${random(100_000)}`,
    id: `evt-${String(index).padStart(12, '0')}`,
    ip: `10.${random(4)}.${random(256)}.${random(256)}`,
    outcome: failed ? 'failure' : 'success',
    region: 'eu-central-1',
    request: {
      bytes: random(1_000_000),
      duration_ms: random(5_000),
      method: 'POST',
      trace: crypto.hash('md5', String(index), 'hex'),
    },
    seq: index,
    service: seat ? 'license-server' : SERVICES[random(4)],
    session: held.session,
    target: seat ? 'editor' : `document/${random(1_000_000)}`,
    tenant: `tenant-${random(20)}`,
    ...(sensitive && { ticket: `CHG-${random(10_000)}` }),
    time: new Date(time).toISOString(),
    user_agent: 'acme-client/4.2 (linux; x64)',
  };
}

/** Writes the events to `file` unless it is there already with that many lines, which its name promises. */
export function writeEvents(file: string, amount: number): void {
  if (fs.existsSync(file)) return;
  const temporary = `${file}.tmp`;
  const descriptor = fs.openSync(temporary, 'w');
  let parts: string[] = [];
  let size = 0;
  for (const event of chainedEvents(amount)) {
    parts.push(event, '\n');
    size += event.length + 1;
    if (size > WRITE_BYTES) {
      fs.writeSync(descriptor, parts.join(''));
      parts = [];
      size = 0;
    }
  }
  fs.writeSync(descriptor, parts.join(''));
  fs.closeSync(descriptor);
  fs.renameSync(temporary, file);
}
