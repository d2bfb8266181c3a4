/** A chained log to which everything happens that happens to logs: what must be told the same however it is read. Tests only. */
import { sha256Hex } from '../../src/base/digest.ts';

/** What happens to one line of a log. */
export const FATES = [
  ...Array<'keep'>(12).fill('keep'),
  ...([
    'alter',
    'drop',
    'double',
    'strip',
    'garbage',
    'blank',
    'join',
    'spaces',
    'crlf',
    'again',
    'other',
  ] as const),
];

export type Fate = (typeof FATES)[number];

const PEOPLE = ['ann', 'bob', 'cid', 'unknown', ''];
const ACTIONS = [
  'user.login',
  'license.checkout',
  'license.checkin',
  'role.grant',
  'log.delete',
  'file.read',
];

/** A chained log in which lines were changed, lost, doubled, stripped, broken, joined. */
export function spoiledLog(fates: readonly { fate: Fate; pick: number }[], name: string): string {
  let previous = '0'.repeat(64);
  let text = '';
  let first = '';
  for (const [index, { fate, pick }] of fates.entries()) {
    const actor = PEOPLE[pick % PEOPLE.length]!;
    const action = ACTIONS[pick % ACTIONS.length]!;
    const second = String(10 + ((index + (pick % 5)) % 50)).padStart(2, '0');
    const body =
      `{"action":"${action}","actor":"${actor}","id":"${name}-${index}","outcome":"${pick % 3 === 0 ? 'failure' : 'success'}",` +
      `"prev_hash":"${previous}","session":"s-${pick % 4}","target":"editor","time":"2026-03-02T08:${10 + (index % 49)}:${second}Z"}`;
    const hash = sha256Hex(body);
    const record = body.replace('"id"', `"hash":"${hash}","id"`);
    previous = hash;
    if (first === '') first = record;
    text += {
      keep: `${record}\n`,
      alter: `${record.replace('"editor"', '"viewer"')}\n`,
      drop: '',
      double: `${record}\n${record}\n`,
      strip: `${record.replace(/"hash":"\w+",/, '')}\n`,
      garbage: `17:02 ${record.slice(0, 40)}\n`,
      blank: '\n \n',
      join: record,
      spaces: ` \t${record} \n`,
      crlf: `${record}\r\n`,
      again: `${index % 3 === 0 ? first : first.replace('"editor"', '"other"')}\n`,
      other: '{"message":"started","n":1e2,"n":2}\n',
    }[fate];
  }
  return text;
}

/** Fates without chance, mostly kind; another `seed`, other fates. */
export function madeFates(amount: number, seed: number): { fate: Fate; pick: number }[] {
  return Array.from({ length: amount }, (_, index) => ({
    fate: FATES[((index + seed) * 7919) % (index % 10 === 0 ? FATES.length : 12)]!,
    pick: ((index + seed) * 31) % 61,
  }));
}
