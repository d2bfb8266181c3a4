/** Realistic records for a chain profile: every field that it names in a form it takes, and fields beside them. Tests only. */
import type { Chance } from './made-json.ts';
import { Digits, type MadeObject, type MadeValue, setAt } from './made-value.ts';
import { CannotMakeError, type Format, type Part } from './slow-preimage.ts';

/** What a path must hold; `any` is any JSON value. */
type Kind = 'text' | 'any' | 'object' | 'number' | 'optional' | Format;

export type MadeFields = {
  kinds: ReadonlyMap<string, Kind>;
  /** Sets of conditions of which one must hold. */
  cases: readonly (readonly { field: string; equals: readonly string[] | null }[])[];
};

type Profile = {
  preimage: readonly Part[];
  members: readonly { previous: string | null; own: string | null }[];
  also?: readonly { member: string; preimage: readonly Part[] }[];
  genesis: { hashes?: readonly (readonly Part[])[] };
};

export function neededFields({ preimage, members, also = [], genesis }: Profile): MadeFields {
  const kinds = new Map<string, Kind>();
  const cases: MadeFields['cases'][number][] = [];
  // A hash is made when the record is linked.
  const made = new Set([
    ...members.flatMap(({ previous, own }) => [previous, own]),
    ...also.map(({ member }) => member),
  ]);
  const need = (path: string, kind: Kind) => {
    if (path.startsWith('$') || made.has(path)) return;
    const known = kinds.get(path);
    // Of two parts that read a field, the one that asks for more counts.
    const yields = ['any', 'text', 'optional'].some((each) => each === known);
    if (known === undefined || (yields && kind !== 'any')) kinds.set(path, kind);
  };
  const walk = (parts: readonly Part[]): void => {
    for (const part of parts) needOf(part, need, walk, cases);
  };
  for (const parts of [preimage, ...also.map((companion) => companion.preimage), ...(genesis.hashes ?? [])])
    walk(parts);
  return { kinds, cases };
}

type MemberRule = { value: { path?: string; format?: Format | null; parts?: Part[] } };

function needOf(
  part: Part,
  need: (path: string, kind: Kind) => void,
  walk: (parts: readonly Part[]) => void,
  cases: MadeFields['cases'][number][],
): void {
  switch (part.kind) {
    case 'field':
      need(part.path as string, part.format as Format);
      break;
    case 'number':
      need(part.path as string, 'number');
      break;
    case 'tag':
      need(part.path as string, 'optional');
      break;
    case 'bytes':
      need(part.path as string, { kind: 'bytes', encoding: part.encoding });
      break;
    case 'entries':
      need(part.of as string, 'object');
      break;
    case 'join':
      for (const path of (part.fields ?? []) as string[]) need(path, 'text');
      walk((part.items ?? []) as Part[]);
      break;
    case 'pairs':
      walk((part.items as { value: Part }[]).map(({ value }) => value));
      break;
    case 'length-prefixed':
    case 'hash':
      walk(part.parts as Part[]);
      break;
    case 'choose':
      for (const { when, parts } of part.cases as { when: MadeFields['cases'][number]; parts: Part[] }[]) {
        cases.push(when);
        walk(parts);
      }
      break;
    case 'canonical':
    case 'json':
      if (typeof part.of === 'string') need(part.of, 'object');
      for (const { value } of (part.only ?? []) as MemberRule[]) {
        if (value.parts !== undefined) walk(value.parts);
        else need(value.path!, value.format ?? 'any');
      }
      for (const path of (part.stringify ?? []) as string[]) if (path !== '') need(path, 'object');
  }
}

const PEOPLE = ['ann', 'bob', 'cid', 'zoë', '李雷', 'ann|bob', 'O"Hara'];
const TEXTS = [
  'login',
  'payment.approve',
  'role/grant',
  'a=b;c|d',
  'tab\tand \\',
  'snow \u2603 and \u{1f600}',
  '<b>&amp;</b>',
  'line\u2028and\u007f',
  'ends with a bar|',
  '',
];
const NUMBERS = ['0', '-3', '17', '1.50', '1e2', '0.001', '123456.789', '1.5', '9007199254740991'];

/** Neighbors that share their time. */
const SHARING = 2;
const EPOCH = Date.UTC(2026, 0, 5, 8);

function timeText(index: number, format: Format): string {
  const tick = Math.floor(index / SHARING);
  const moment = new Date(EPOCH + tick * 1000).toISOString().slice(0, 19);
  const digits = `${String(tick % 1000).padStart(3, '0')}250125`;
  const places = typeof format.fraction === 'number' ? format.fraction : [0, 3, 6][tick % 3]!;
  const fraction = digits.slice(0, format.kind === 'epoch' ? 3 : places);
  return `${moment}${fraction === '' ? '' : `.${fraction}`}Z`;
}

export function someRecord(chance: Chance, index: number, { kinds, cases }: MadeFields): MadeObject {
  const record: MadeObject = new Map();
  record.set('id', `e-${index}-${chance.below(1e6)}`);
  record.set('time', timeText(index, { kind: 'time', fraction: 3 }));
  for (const [path, kind] of kinds) {
    const value = someValueOf(kind, path, index, chance);
    if (value !== undefined) setAt(record, path, value);
  }
  const beside: [string, () => MadeValue][] = [
    ['user_name', () => chance.pick(PEOPLE)],
    ['outcome', () => chance.pick(['success', 'failure'])],
    ['amount', () => someNumber(chance)],
    ['approved', () => chance.oneIn(2)],
    ['ticket', () => null],
    ['labels', () => [chance.pick(TEXTS), someNumber(chance), [chance.oneIn(2)], null]],
    ['details', () => someObject(chance)],
    ['comment', () => chance.pick(TEXTS)],
  ];
  for (const [name, value] of beside) if (!record.has(name) && !chance.oneIn(4)) record.set(name, value());
  if (cases.length > 0) {
    for (const { field, equals } of chance.pick(cases)) setAt(record, field, equals?.[0] ?? 'given');
  }
  return record;
}

function someNumber(chance: Chance): Digits {
  return new Digits(chance.pick(NUMBERS));
}

function someObject(chance: Chance): MadeObject {
  const object: MadeObject = new Map();
  object.set('region', chance.pick(['eu-1', 'us-2']));
  object.set('b', someNumber(chance));
  object.set('a', chance.pick(TEXTS));
  if (chance.oneIn(2)) object.set('A', null);
  if (chance.oneIn(2)) object.set('é', new Map<string, MadeValue>([['deep', [chance.oneIn(2)]]]));
  if (chance.oneIn(3))
    object.set('items', [
      new Digits('1'),
      'two',
      new Map<string, MadeValue>([
        ['z', null],
        ['y', true],
      ]),
    ]);
  return object;
}

/** Undefined: the record goes without. */
function someValueOf(kind: Kind, path: string, index: number, chance: Chance): MadeValue | undefined {
  switch (kind) {
    case 'object':
      return someObject(chance);
    case 'number':
      return new Digits(String(chance.below(200)));
    case 'optional':
      return chance.oneIn(3) ? (chance.oneIn(2) ? null : undefined) : chance.pick(TEXTS);
    case 'any':
      return chance.pick<() => MadeValue | undefined>([
        () => chance.pick(TEXTS),
        () => someNumber(chance),
        () => chance.oneIn(2),
        () => someObject(chance),
        () => null,
        () => undefined,
      ])();
    case 'text':
      return someText(path, index, chance);
  }
  switch (kind.kind) {
    case 'text':
      return someText(path, index, chance);
    case 'time':
    case 'epoch':
      return timeText(index, kind);
    case 'boolean':
      return chance.oneIn(2);
    case 'decimal': {
      const places = kind.places as number;
      const cut = chance.below(places + 1);
      const whole = String(chance.below(100_000));
      return new Digits(cut === 0 ? whole : `${whole}.${String(chance.below(10 ** cut)).padStart(cut, '0')}`);
    }
    case 'encoded':
      return chance.pick(TEXTS);
    case 'bytes': {
      const bytes = Buffer.from(Array.from({ length: 16 }, () => chance.below(256)));
      if (kind.encoding !== 'uuid') return bytes.toString(kind.encoding as 'hex' | 'base64' | 'base64url');
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    }
  }
  throw new CannotMakeError(`no made value of the format ${kind.kind}`);
}

function someHash(chance: Chance): string {
  return Array.from({ length: 8 }, () =>
    chance
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

function someText(path: string, index: number, chance: Chance): MadeValue | undefined {
  if (/time|date|created/i.test(path)) return timeText(index, { kind: 'time' });
  if (/actor|user|agent/i.test(path)) return chance.pick(PEOPLE);
  // The hash of something else is never twice the same.
  if (/hash|digest/i.test(path)) return someHash(chance);
  const unusual = chance.below(12);
  if (unusual === 0) return undefined;
  if (unusual === 1) return null;
  if (unusual === 2) return someNumber(chance);
  if (unusual === 3) return chance.oneIn(2);
  return `${chance.pick(TEXTS)}${chance.below(1000)}`;
}
