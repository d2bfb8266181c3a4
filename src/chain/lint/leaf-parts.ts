/** The values of a record that a pre-image hashes, each with a part that writes it alone, and the kinds of record it tells apart. */
import type { JsonValue } from '../../base/json.ts';
import { isPlainObject } from '../../base/plain-value.ts';
import type { ChainProfile, Condition, PreimagePart } from '../profile.ts';

/** A value of the record that is hashed. `inside`: a member that is added to an object which is hashed as a whole. */
export type Leaf = { path: string; part: PreimagePart; inside: boolean; base: JsonValue };

/** The conditions of the chosen case of every `choose`; the last case where there are fewer. */
export function chosenConditions(parts: readonly PreimagePart[], chosen: number): Condition[] {
  const conditions: Condition[] = [];
  walk(parts, chosen, (part) => {
    if (part.kind === 'choose') conditions.push(...(caseOf(part, chosen)?.when ?? []));
  });
  return conditions;
}

function caseOf(part: Extract<PreimagePart, { kind: 'choose' }>, chosen: number) {
  return part.cases[Math.min(chosen, part.cases.length - 1)];
}

/** How many kinds of record the profile tells apart. */
export function caseCount(profile: ChainProfile): number {
  let most = 1;
  const look = (value: unknown) => {
    if (Array.isArray(value)) value.forEach(look);
    else if (isPlainObject(value)) {
      if (value.kind === 'choose' && Array.isArray(value.cases)) most = Math.max(most, value.cases.length);
      Object.values(value).forEach(look);
    }
  };
  look(profile.preimage);
  return most;
}

/** Every part and the parts within it, of a `choose` those of one case. */
function walk(parts: readonly PreimagePart[], chosen: number, visit: (part: PreimagePart) => void): void {
  for (const part of parts) {
    visit(part);
    if (part.kind === 'choose') walk(caseOf(part, chosen)?.parts ?? [], chosen, visit);
    else if (part.kind === 'join') walk(part.items, chosen, visit);
    else if (part.kind === 'pairs')
      walk(
        part.items.map(({ value }) => value),
        chosen,
        visit,
      );
    else if (part.kind === 'length-prefixed' || part.kind === 'hash') walk(part.parts, chosen, visit);
    else if (part.kind === 'json' || part.kind === 'canonical') {
      for (const { value } of part.only ?? []) if ('parts' in value) walk(value.parts, chosen, visit);
    }
  }
}

/** The fields that the parts hash, each with a part that writes it alone. */
export function leafParts(parts: readonly PreimagePart[], chosen: number): Omit<Leaf, 'base'>[] {
  const leaves: Omit<Leaf, 'base'>[] = [];
  walk(parts, chosen, (part) => {
    if (part.kind === 'field' || part.kind === 'number' || part.kind === 'bytes')
      leaves.push({ path: part.path, part, inside: false });
    else if (part.kind === 'entries') leaves.push({ path: part.of, part, inside: false });
    else if (part.kind === 'canonical' || part.kind === 'json') leaves.push(...jsonLeaves(part));
  });
  return leaves;
}

function jsonLeaves(part: Extract<PreimagePart, { kind: 'canonical' | 'json' }>): Omit<Leaf, 'base'>[] {
  const below = (path: string) => (part.of === null ? path : `${part.of}.${path}`);
  if (part.only === undefined) return [{ path: below('extra'), part, inside: true }];
  return part.only.flatMap((rule) =>
    'parts' in rule.value
      ? []
      : [{ path: below(rule.value.path), part: { ...part, only: [rule] }, inside: false }],
  );
}
