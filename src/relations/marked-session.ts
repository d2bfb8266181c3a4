/** Marks of opens and closes as events of sessions. */
import type { Instant } from '../base/instant.ts';
import { ONE } from '../licenses/contract/amount.ts';
import type { SessionEvent } from '../licenses/use/session.ts';
import type { Mark } from '../model/mark.ts';
import type { ConcurrencyPlan } from './session-peak.ts';

/** An id names one session, however often it is told; without one each open is a session. */
export function isNamed({ values }: Mark, { joined }: ConcurrencyPlan): boolean {
  return joined && values[0] !== undefined;
}

/** Names of sessions: one after another the marks of a group often have the same. */
export class SessionKeys {
  private kind = '';
  private named: string | null = null;
  private known = '';

  of(kind: 'user' | 'session', named: string | null): string {
    if (kind !== this.kind || named !== this.named) {
      this.kind = kind;
      this.named = named;
      this.known = JSON.stringify([kind, named]);
    }
    return this.known;
  }
}

export function toSessionEvent(
  mark: Mark,
  at: Instant,
  { counts, joined }: ConcurrencyPlan,
  keys: SessionKeys,
): SessionEvent {
  const { values, subject, place } = mark;
  const session = joined ? values[0] : undefined;
  const share = counts === 'user' ? subject : counts === 'value' ? sharedValue(values, joined) : undefined;
  const key = session === undefined ? keys.of('user', subject ?? null) : keys.of('session', session);
  const holder = subject ?? session ?? 'nobody named';
  return {
    at,
    key,
    named: session !== undefined,
    feature: '',
    holder,
    share,
    quantity: ONE,
    stated: false,
    unreadable: false,
    place,
    origin: mark,
  };
}

/** Undefined where a field is absent: to take such sessions for one could hide some. */
function sharedValue(values: Mark['values'], joined: boolean): string | undefined {
  const own = joined ? values.slice(1) : values;
  return own.includes(undefined) ? undefined : JSON.stringify(own);
}
