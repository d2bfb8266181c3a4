/** Separation of duties: who carried out both sides of a conflict. No spelling of a name or an action evades it. */
import { personKey } from '../base/person-key.ts';
import { compareText } from '../base/text-safety.ts';
import type { Place } from '../model/place.ts';
import type { ConflictSummary } from './access-summary.ts';
import { PatternIndex } from './pattern-index.ts';
import type { Conflict, RoleTable } from './role-table.ts';

/** Where a deed was seen, and whether the log tells that it was carried out. */
type Seen = { readonly place: Place; readonly sure: boolean };

/** Of a side that is sure, only the deeds that are. */
type Deed = { action: string; subject: string; place: Place; count: number; sure: boolean };

/** By side. */
type Deeds = {
  conflict: Conflict;
  subject: string;
  resource: string | undefined;
  sides: (Deed | undefined)[];
};

/** Pairs of a conflict and a subject (or subject and resource) that are kept apart. */
const MAX_DEEDS = 200_000;

const NOT_TOLD = 'the log does not tell of each whether it was carried out';

export class DutyLedger {
  private readonly sides = new PatternIndex<{ conflict: Conflict; side: number }>();
  private readonly table: RoleTable;
  private readonly deeds = new Map<string, Deeds>();
  /** Deeds beyond MAX_DEEDS. */
  untold = 0;

  constructor(table: RoleTable) {
    this.table = table;
    for (const conflict of table.conflicts) {
      for (const [side, { actions }] of conflict.sides.entries())
        for (const action of actions) this.sides.add(personKey(action), { conflict, side });
    }
  }

  add(subject: string, action: string, resource: string | undefined, seen: Seen): void {
    if (this.table.conflicts.length === 0) return;
    this.sides.visit(personKey(action), ({ conflict, side }) => {
      const scope = conflict.per === 'resource' ? (resource ?? null) : 0;
      const key = JSON.stringify([this.table.conflicts.indexOf(conflict), personKey(subject), scope]);
      let deeds = this.deeds.get(key);
      if (deeds === undefined) {
        if (this.deeds.size >= MAX_DEEDS) {
          this.untold++;
          return;
        }
        deeds = {
          conflict,
          subject,
          resource: conflict.per === 'resource' ? resource : undefined,
          sides: [],
        };
        this.deeds.set(key, deeds);
      }
      const deed = deeds.sides[side];
      const { place, sure } = seen;
      if (deed === undefined || (sure && !deed.sure))
        deeds.sides[side] = { action, subject, place, count: 1, sure };
      else if (deed.sure === sure) deed.count++;
    });
  }

  summary(): ConflictSummary[] {
    const found: ConflictSummary[] = [];
    /** Deeds on a resource that the log does not tell may meet those on any other. */
    const untold = new Map<string, Deeds[]>();
    for (const deeds of this.deeds.values()) {
      const summary = toSummary(deeds, deeds.sides);
      if (summary !== undefined && !isUntold(deeds)) found.push(summary);
      if (deeds.conflict.per !== 'resource') continue;
      const key = JSON.stringify([this.table.conflicts.indexOf(deeds.conflict), personKey(deeds.subject)]);
      untold.set(key, [...(untold.get(key) ?? []), deeds]);
    }
    for (const all of untold.values()) {
      const [first] = all;
      if (first === undefined || !all.some(isUntold)) continue;
      const sides = first.conflict.sides.map((_, side) => {
        const deeds = all.flatMap((each) => each.sides[side] ?? []);
        return deeds.find(({ sure }) => sure) ?? deeds[0];
      });
      const summary = toSummary({ ...first, resource: undefined }, sides);
      if (summary !== undefined)
        found.push({
          ...summary,
          reason: 'the log does not always tell the resource, so that the two may be different',
        });
    }
    return found.sort(
      (left, right) =>
        compareText(left.name, right.name) ||
        compareText(left.subject, right.subject) ||
        compareText(left.resource ?? '', right.resource ?? ''),
    );
  }
}

function isUntold({ conflict, resource }: Deeds): boolean {
  return conflict.per === 'resource' && resource === undefined;
}

function toSummary(
  { conflict, subject, resource }: Deeds,
  sides: readonly (Deed | undefined)[],
): ConflictSummary | undefined {
  const deeds = conflict.sides.flatMap(({ name: side }, index) => {
    const deed = sides[index];
    return deed === undefined ? [] : [{ side, ...deed }];
  });
  if (deeds.length < 2) return undefined;
  return {
    name: conflict.name,
    subject,
    ...(resource !== undefined && { resource }),
    deeds: deeds.map(({ side, action, subject: as, place, count }) => ({
      side,
      action,
      place,
      count,
      ...(as !== subject && { as }),
    })),
    ...(deeds.filter(({ sure }) => sure).length < 2 && { reason: NOT_TOLD }),
  };
}
