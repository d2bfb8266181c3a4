/** The grants of one role, found by action and resource. */
import { PatternIndex } from './pattern-index.ts';
import type { Grant, Role, RoleTable } from './role-table.ts';

/** A grant with the number it has in its table, by which its use is counted. */
export type NumberedGrant = { number: number; grant: Grant };

/** `known` false: the log does not tell the resource, and the grant is not for all of them. */
export type OnGrant = (grant: NumberedGrant, known: boolean) => void;

/** How a table writes actions where case does not count. */
export function foldAction(table: Pick<RoleTable, 'foldsActions'>, action: string): string {
  return table.foldsActions ? action.toLowerCase() : action;
}

type Exceptions = { actions?: PatternIndex<true>; resources?: PatternIndex<true> };

export class RoleIndex {
  /** By action; grants of one action pattern by resource. */
  private readonly byAction = new PatternIndex<PatternIndex<NumberedGrant>>();
  private readonly exceptions = new Map<number, Exceptions>();

  /** The grants are numbered from `first` in their order. */
  constructor(table: RoleTable, role: Role, first: number) {
    const indexes = new Map<string, PatternIndex<NumberedGrant>>();
    for (const [at, grant] of role.grants.entries()) {
      const action = foldAction(table, grant.action);
      let index = indexes.get(action);
      if (index === undefined) {
        index = new PatternIndex();
        indexes.set(action, index);
        this.byAction.add(action, index);
      }
      const numbered = { number: first + at, grant };
      for (const resource of grant.resources) index.add(resource, numbered);
      const { exceptActions, exceptResources } = grant;
      if (exceptActions === undefined && exceptResources === undefined) continue;
      this.exceptions.set(numbered.number, {
        ...(exceptActions && { actions: indexOf(exceptActions.map((each) => foldAction(table, each))) }),
        ...(exceptResources && { resources: indexOf(exceptResources) }),
      });
    }
  }

  /** `action` folded as the table has it. A grant is told once. */
  visit(action: string, resource: string | undefined, onGrant: OnGrant): void {
    let told: Set<number> | undefined;
    const tell = (numbered: NumberedGrant, known: boolean) => {
      const { number, grant } = numbered;
      // Only one with several resources can be met twice.
      if (grant.resources.length > 1) {
        told ??= new Set();
        if (told.has(number)) return;
        told.add(number);
      }
      const except = this.exceptions.get(number);
      if (except?.actions?.has(action)) return;
      if (except?.resources === undefined) return onGrant(numbered, known);
      if (resource === undefined) return onGrant(numbered, false);
      if (!except.resources.has(resource)) onGrant(numbered, known);
    };
    this.byAction.visit(action, (index) => {
      if (resource !== undefined) return index.visit(resource, (numbered) => tell(numbered, true));
      index.visitAll((numbered) => tell(numbered, numbered.grant.resources.includes('*')));
    });
  }
}

export function indexOf(patterns: readonly string[]): PatternIndex<true> {
  const index = new PatternIndex<true>();
  for (const pattern of patterns) index.add(pattern, true);
  return index;
}
