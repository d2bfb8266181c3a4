/** What comes of a request: the word of the roles beside that of the log. */
import type { AccessKind } from './access-summary.ts';
import type { Decision } from './evaluator.ts';
import type { LoggedRequest } from './logged-access.ts';

const NOT_RECORDED = 'the log does not tell whether it was allowed';

export function conclude(
  { recorded, denialDoubt }: LoggedRequest,
  { verdict, reasons, known }: Decision,
): { kind: AccessKind | 'allowed'; reasons?: readonly string[] } {
  if (verdict === 'allowed') {
    if (recorded !== 'denied') return { kind: 'allowed' };
    return { kind: 'disagreement', reasons: denialDoubt === undefined ? [] : [denialDoubt] };
  }
  // Whatever the table says in doubt, the log says that it was refused.
  if (recorded === 'denied') return { kind: 'denied' };
  if (verdict === 'undetermined') return { kind: 'undetermined', reasons };
  if (recorded === undefined) return { kind: 'undetermined', reasons: [NOT_RECORDED] };
  return { kind: known ? 'outside' : 'unknown-subject', reasons };
}
