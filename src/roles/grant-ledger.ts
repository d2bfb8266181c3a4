/** Which grants were used, and of which the log would have shown it. */

import type { GrantUse } from './access-summary.ts';
import type { AccessReader } from './logged-access.ts';
import { PatternIndex } from './pattern-index.ts';
import { foldAction } from './role-index.ts';
import type { RoleTable } from './role-table.ts';

/** Different actions of the log that are remembered: log text decides how many there are. */
const MAX_ACTIONS = 100_000;

export class GrantLedger {
  /** By the number of the grant: requests it allowed, and whether it may have allowed one. */
  private readonly uses: Float64Array;
  private readonly perhaps: Uint8Array;
  private readonly table: RoleTable;
  private readonly reader: AccessReader;
  private readonly actions = new Set<string>();
  private readonly siblings = new Set<string>();
  /** Patterns of grants that some action of the log matched, whoever did it. */
  private readonly shown = new Set<string>();
  private readonly patterns = new PatternIndex<string>();

  constructor(table: RoleTable, reader: AccessReader, grants: number) {
    this.table = table;
    this.reader = reader;
    this.uses = new Float64Array(grants);
    this.perhaps = new Uint8Array(grants);
    const patterns = new Set(
      table.roles.flatMap((role) => role.grants.map(({ action }) => foldAction(table, action))),
    );
    for (const pattern of patterns) this.patterns.add(pattern, pattern);
  }

  use(grants: readonly number[]): void {
    for (const grant of new Set(grants)) this.uses[grant]!++;
  }

  mayUse(grants: readonly number[]): void {
    for (const grant of grants) this.perhaps[grant] = 1;
  }

  /** The log shows this action, allowed or not. */
  see(action: string): void {
    const folded = foldAction(this.table, action);
    if (this.actions.has(folded) || this.actions.size >= MAX_ACTIONS) return;
    this.actions.add(folded);
    const sibling = this.reader.sibling(folded);
    if (sibling !== undefined) this.siblings.add(sibling);
    this.patterns.visit(folded, (pattern) => void this.shown.add(pattern));
  }

  /** `gap`: why the log's silence proves nothing; undefined where it does. */
  judge(
    grant: number,
    action: string,
    gap: string | undefined,
  ): { use: GrantUse; events: number; reason?: string } {
    const events = this.uses[grant]!;
    if (events > 0) return { use: 'used', events };
    if (this.perhaps[grant] === 1)
      return {
        use: 'undetermined',
        events,
        reason: 'it may have been used: requests that it fits are undetermined',
      };
    const never = this.reader.neverShown(action);
    if (never !== undefined) return { use: 'undetermined', events, reason: never };
    if (gap !== undefined) return { use: 'undetermined', events, reason: gap };
    const folded = foldAction(this.table, action);
    const sibling = this.reader.sibling(folded);
    if (this.shown.has(folded) || (sibling !== undefined && this.siblings.has(sibling)))
      return { use: 'unused', events };
    return {
      use: 'undetermined',
      events,
      reason: 'nobody did this in the log, so that it may not show such actions',
    };
  }
}
