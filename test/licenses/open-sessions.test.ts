/** The index of open sessions against one that looks through a list, in the order that reports depend on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ONE } from '../../src/licenses/contract/amount.ts';
import { OpenSessions } from '../../src/licenses/use/open-sessions.ts';
import { keyOf, type Session, seatOf } from '../../src/licenses/use/session.ts';

type Seat = { id: string | undefined; person: string | undefined; host: string | undefined; feature: string };

const seat = fc.record<Seat>({
  id: fc.constantFrom(undefined, undefined, '1:a', '1:b'),
  person: fc.constantFrom(undefined, '', 'ann', 'bob'),
  host: fc.constantFrom(undefined, 'pc1', 'pc2'),
  feature: fc.constantFrom('', 'cad', 'sim'),
});

test('open sessions are found by seat and by key, and come in the order of their keys, then of features', () => {
  const steps = fc.array(fc.record({ seat, closes: fc.boolean() }), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (given) => {
      const open = new OpenSessions();
      // By key, then by feature, as Maps order them.
      const twin = new Map<string, Map<string, Session[]>>();
      for (const [index, { seat, closes }] of given.entries()) {
        const session = toSession(seat, index);
        const key = keyOf(session);
        const ofKey = twin.get(key);
        const known = ofKey?.get(seat.feature);
        assert.deepEqual(placesOf(open.ofSeat(session) ?? []), placesOf(known ?? []));
        assert.deepEqual(placesOf(open.ofKey(session)), placesOf([...(ofKey?.values() ?? [])].flat()));
        if (!closes) {
          open.add(session);
          const features = ofKey ?? new Map<string, Session[]>();
          twin.set(key, features.set(seat.feature, [...(known ?? []), session]));
        } else if (known !== undefined) {
          open.delete(known.pop()!);
          if (known.length === 0) ofKey!.delete(seat.feature);
          if (ofKey!.size === 0) twin.delete(key);
        }
        // Of the same event again: what was answered before no longer holds.
        assert.deepEqual(
          placesOf(open.ofSeat(session) ?? []),
          placesOf(twin.get(key)?.get(seat.feature) ?? []),
        );
        const all = [...twin.values()].flatMap((features) => [...features.values()].flat());
        assert.deepEqual(placesOf(open), placesOf(all));
      }
    }),
  );
});

test('keyOf() tells the unnamed from those without a name', () => {
  const keys = [undefined, ''].flatMap((person) =>
    [undefined, ''].map((host) => keyOf({ key: undefined, person, host })),
  );
  assert.equal(new Set(keys).size, keys.length);
});

function toSession({ id, person, host, feature }: Seat, index: number): Session {
  const event = { at: 0n, key: id, person, named: id !== undefined, feature, holder: '', share: undefined };
  const place = { file: 'log', line: index + 1, offset: index, length: 1 };
  const session: Session = {
    ...event,
    host,
    place,
    quantity: ONE,
    stated: true,
    unreadable: false,
    origin: { identity: '' },
    slot: index,
    returned: false,
    endsByContract: false,
    leaving: 0n,
    repeats: 0n,
    foreign: 0n,
    repeated: undefined,
    outliving: 0n,
    reopened: undefined,
    changed: undefined,
    ends: 0n,
    closed: undefined,
    pairing: undefined,
    withdrawn: false,
    isApart: false,
  };
  assert.ok(seatOf(session).endsWith(feature));
  return session;
}

function placesOf(sessions: Iterable<Session>): number[] {
  return [...sessions].map(({ place }) => place.line);
}
