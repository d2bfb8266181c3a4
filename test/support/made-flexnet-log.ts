/**
 * A made server log as FlexNet would have written it: the time of day on the wall of Berlin, the date every six hours, nothing
 * said of a clock that was set. Cut into files that overlap, as rotated logs that were copied twice do. Tests only.
 */
import type { MadeServerLog, ServerRecord } from './made-server-log.ts';

const DAEMON = 'acmelmd';
const DATE_EVERY_MS = 6 * 3_600_000;
/** Lines that stand in two files. */
const OVERLAP = 40;

/** One line a record where one says it, with dates in between. `isVerbose`: with the session and the server's counter. */
export function flexnetLines({ records, sessionOf }: MadeServerLog, isVerbose: boolean): string[] {
  const lines: string[] = [];
  const held = new Map<number | undefined, number>();
  let dated = Number.NEGATIVE_INFINITY;
  for (const [index, record] of records.entries()) {
    const at = Date.parse(record.time);
    if (at - dated >= DATE_EVERY_MS) {
      dated = at;
      lines.push(`${clockOf(record)} (lmgrd) TIMESTAMP ${dateOf(record)}`);
    }
    const session = sessionOf[index];
    const before = held.get(session) ?? 0;
    held.set(session, heldAfter(record, before));
    const message = messageOf(record, before, isVerbose);
    if (message !== undefined) lines.push(`${clockOf(record)} ${message}`);
  }
  return lines;
}

function heldAfter({ action, quantity = 0 }: ServerRecord, before: number): number {
  if (action === 'license.checkin') return before - quantity;
  return action === 'license.checkout' || action === 'license.upgrade' ? quantity : before;
}

function messageOf(record: ServerRecord, before: number, isVerbose: boolean): string | undefined {
  const { action, actor, feature, host, quantity, reason } = record;
  const licenses = quantity === 1 ? '' : ` (${quantity} licenses)`;
  const who = isVerbose ? `@${host}` : `${actor}@${host}`;
  const end = isVerbose ? ` ${verboseOf(record)}` : '';
  switch (action) {
    case 'license.checkout':
      return `(${DAEMON}) OUT: "${feature}" ${who} ${licenses}${end} `;
    case 'license.checkin':
      return `(${DAEMON}) IN: "${feature}" ${who} ${licenses}${reason === undefined ? '' : ` (${reason})`}${end} `;
    case 'license.upgrade':
      return `(${DAEMON}) UPGRADE: "${feature}" ${who}  (${before}->${quantity} licenses)${end} `;
    case 'license.denied':
      return `(${DAEMON}) DENIED: "${feature}" ${who} ${licenses} (${reason})${end} `;
    case 'server.stop':
      return `(${DAEMON}) EXITING DUE TO SIGNAL 15`;
    case 'server.start':
      return `(lmgrd) Started ${DAEMON} (internet tcp_port 37560 pid 1085)`;
    case 'server.reread':
      return `(${DAEMON}) Rereading license file...`;
    default:
      return undefined;
  }
}

/** ver user ip pid handle in_use out_of project flex_version flex_revision date time is_dup_group */
function verboseOf({ actor, session = 'h0', in_use: inUse, time }: ServerRecord): string {
  const handle = `0x${Number(session.slice(1)).toString(16)}`;
  return `^^^ 2025.1 ${actor} 10.0.0.1 77 ${handle} ${inUse ?? 0} 14 - 11 19 ${time.slice(0, 10)} ${time.slice(11, 19)} 0 ^^^`;
}

/** ` 9:05:00` */
function clockOf({ time }: ServerRecord): string {
  return time.slice(11, 19).replace(/^0/, ' ');
}

/** `10/26/2025` */
function dateOf({ time }: ServerRecord): string {
  const [year, month, day] = time.slice(0, 10).split('-').map(Number);
  return `${month}/${day}/${year}`;
}

/** So many texts, of which each begins with the last lines of the one before. */
export function rotated(lines: readonly string[], files: number): string[] {
  const length = Math.ceil(lines.length / files);
  return Array.from({ length: files }, (_, index) => {
    const own = lines.slice(Math.max(0, index * length - OVERLAP), (index + 1) * length);
    return `${own.join('\n')}\n`;
  });
}
