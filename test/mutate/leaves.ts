/** The single values of a made record, and changing one of them. Tests only. */
import type { Chance } from '../support/made-json.ts';
import { copyOf, Digits, type MadeObject, type MadeValue } from '../support/made-value.ts';

/** Keys and positions from the record down. */
export type LeafPath = readonly (string | number)[];

export function leavesOf(value: MadeValue, path: LeafPath = []): LeafPath[] {
  if (Array.isArray(value)) return value.flatMap((element, index) => leavesOf(element, [...path, index]));
  if (value instanceof Map) return [...value].flatMap(([key, member]) => leavesOf(member, [...path, key]));
  return [path];
}

export function leafAt(record: MadeObject, path: LeafPath): MadeValue {
  return path.reduce<MadeValue>((value, key) => childOf(value, key), record);
}

function childOf(value: MadeValue, key: string | number): MadeValue {
  if (value instanceof Map) return value.get(String(key))!;
  return (value as MadeValue[])[Number(key)]!;
}

export function withLeaf(record: MadeObject, path: LeafPath, leaf: MadeValue): MadeObject {
  const copy = copyOf(record) as MadeObject;
  const parent = leafAt(copy, path.slice(0, -1));
  const key = path.at(-1)!;
  if (parent instanceof Map) parent.set(String(key), leaf);
  else (parent as MadeValue[])[Number(key)] = leaf;
  return copy;
}

/** Another value of the same kind, as somebody with an interest in it would write. */
export function otherThan(value: MadeValue, chance: Chance): MadeValue {
  if (value === null) return 'given';
  if (typeof value === 'boolean') return !value;
  if (value instanceof Digits) return new Digits(value.text === '7' ? '8' : '7');
  if (typeof value !== 'string') return 'nothing';
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return value.replace(/^2026-01/, '2026-02');
  const at = chance.below(value.length + 1);
  return chance.pick([`${value}x`, `${value.slice(0, at)}-${value.slice(at)}`, `un${value}`]);
}
