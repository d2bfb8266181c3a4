/** The fold of protocols: tells their records from all others by a field or two, and keeps them for the end. */
import { JsonObject } from '../base/json.ts';
import type { Event, Fields, Slot } from '../model/event.ts';
import type { ProtocolProfile } from './protocol.ts';
import { appendProtocolRecord, type ProtocolRecords, startProtocolRecords } from './protocol-records.ts';
import { PROTOCOLS } from './protocols/index.ts';

/** A record that has a value in none of them is of no protocol. */
export function protocolSlots(profiles: readonly ProtocolProfile[], fields: Fields): Slot[] {
  return profiles.flatMap(({ protocol }) => PROTOCOLS[protocol]!.signs.map((path) => fields.raw(path)));
}

/** @returns whether the record is one of a protocol, and was taken */
export function compileProtocolStep(
  profiles: readonly ProtocolProfile[],
  fields: Fields,
): (states: Record<string, ProtocolRecords>, event: Event) => boolean {
  const bound = profiles.map(({ name, protocol }) => {
    const { signs, holds } = PROTOCOLS[protocol]!;
    return { name, holds, slots: signs.map((path) => fields.raw(path)) };
  });
  const slots = [...new Set(bound.flatMap((protocol) => protocol.slots))];
  const hasSign = (event: Event, signs: readonly number[]): boolean => {
    for (let index = 0; index < signs.length; index++) if (event.size(signs[index]!) > 0) return true;
    return false;
  };
  return (states, event) => {
    if (!hasSign(event, slots)) return false;
    const json = event.json();
    if (!(json instanceof JsonObject)) return false;
    const found = bound.find((protocol) => hasSign(event, protocol.slots) && protocol.holds(json));
    if (found === undefined) return false;
    states[found.name] ??= startProtocolRecords();
    appendProtocolRecord(states[found.name]!, event, Buffer.from(event.bytes).toString());
    return true;
  };
}
