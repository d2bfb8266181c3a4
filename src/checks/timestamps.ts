/**
 * The check `timestamps`: times are readable, carry a zone, are plausible, and follow the order of the records.
 * A third of its lines are the words of four codes.
 */
import {
  formatDuration,
  formatInstant,
  type Instant,
  NANOS_PER_MS,
  nanosBeyondMs,
  parseTimestamp,
  wholeMs,
} from '../base/instant.ts';
import { count, formatNumber, quote } from '../base/text-safety.ts';
import { latestInstant } from '../model/audit-time.ts';
import type { Check, CheckDefinition } from '../model/check.ts';
import type { Event, Fields } from '../model/event.ts';
import { type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import type { Notice } from '../model/report.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import {
  compileRecordCounter,
  type Defect,
  foundValues,
  type Group,
  mergeTallies,
  noteDefect,
  startTally,
  type Tally,
  toFindings,
} from './grouped-findings.ts';
import {
  instantOf,
  isNewestFirst,
  mergeOrders,
  startOrder,
  stepOrder,
  type TimeOrder,
} from './time-order.ts';

const CONTROLS = ['pci-dss-4:10.6.1', 'nist-800-53r5:AU-8', 'iso-27001-2022:A.8.17'];

const FINDINGS: readonly FindingKind[] = [
  {
    code: 'unreadable-time',
    severity: 'high',
    title: 'time not readable',
    why: 'Without its time a record cannot be placed: windows, sequences and license periods pass it by.',
    fix: 'Write times as RFC 3339 with a zone (2025-01-31T09:00:00Z), or name the unit of numeric times in the mapping of the source.',
    controls: CONTROLS,
  },
  {
    code: 'missing-zone',
    severity: 'medium',
    title: 'time without a zone',
    why: 'A local time fits up to 26 hours of instants, so the order of events across systems cannot be shown.',
    fix: 'Write the zone (Z or +01:00). Where the source documents its zone, name it in the mapping; for the text log of a license server, name the zone of the server with --zone.',
    controls: CONTROLS,
  },
  {
    code: 'implausible-time',
    severity: 'medium',
    title: 'time not plausible',
    why: 'A time before audit logs existed, or after the audit itself, shows an unset clock, a default value or a forged record.',
    fix: 'Check the clock and the writer of the record; correct the unit if a numeric time was read at the wrong scale.',
    controls: CONTROLS,
  },
  {
    code: 'disordered-times',
    severity: 'low',
    title: 'records out of time order',
    why: 'Collectors reorder a little; a large step back can also mean a clock that was set, or records put in later.',
    fix: 'Compare the largest step back with the delay your collector is known for; look at the records around it if it is longer.',
    controls: CONTROLS,
  },
];

/** No audit log of today was written before, in milliseconds; catches 0, Go's year 1 and other defaults. */
const EARLIEST_MS = Date.UTC(1990, 0, 1);
const EARLIEST: Instant = BigInt(EARLIEST_MS) * NANOS_PER_MS;
/** Without an instant of the audit: far enough for any honest clock, near enough for a wrong unit. */
const LATEST: Instant = BigInt(Date.UTC(2101, 0, 1)) * NANOS_PER_MS;

/** Per source: how many records have a readable time, none at all, and whether any shows a part of a second. */
type Clock = { timed: number; untimed: number; fractions: boolean };

type TimestampsState = { tally: Tally; orders: Map<string, TimeOrder>; clocks: Map<string, Clock> };

export const timestamps: CheckDefinition<TimestampsState> = {
  name: 'timestamps',
  title: 'Times are readable, zoned, plausible and in order',
  findings: FINDINGS,
  create(request): Check<TimestampsState> {
    const latest = latestInstant(request) ?? LATEST;
    return {
      start: () => ({ tally: startTally(), orders: new Map(), clocks: new Map() }),
      compile: (fields) => compileStep(fields, latest),
      merge: mergeStates,
      finish: ({ tally, orders, clocks }) => ({
        findings: [
          ...toFindings(tally, 'timestamps', FINDINGS, say),
          ...[...orders.values()].flatMap(toDisorder),
        ],
        notices: [...[...clocks].flatMap(clockNotices), ...newestFirstNotice(orders)],
      }),
    };
  },
};

function compileStep(fields: Fields, latest: Instant): (state: TimestampsState, event: Event) => void {
  // The reader says that a source is unknown; nobody knows which of its fields is the time.
  if (fields.source === UNKNOWN_SOURCE.name || fields.lacks('time')) return () => {};
  const slot = fields.audit('time');
  const latestMs = wholeMs(latest);
  const latestNanos = nanosBeyondMs(latest);
  const countRecord = compileRecordCounter();
  // Of the file and the state that the step is in: to find them for each record would be half of the check (measured).
  let current: TimestampsState | undefined;
  let currentFile = -1;
  let clock: Clock | undefined;
  let order: TimeOrder | undefined;
  return (state, event) => {
    const file = countRecord(state.tally, event);
    if (state !== current || event.fileIndex !== currentFile || clock === undefined) {
      current = state;
      currentFile = event.fileIndex;
      clock = clockOf(state.clocks, event.source);
      order = state.orders.get(event.place.file);
    }
    const { timeMs, timeNanos } = event;
    if (Number.isNaN(timeMs)) {
      const text = event.text(slot);
      if (text === undefined || text === '') clock.untimed++;
      else
        noteDefect(state.tally, file, event, whyUnread(text), () => ({
          ...event.span(slot),
          value: quote(text),
        }));
      return;
    }
    clock.timed++;
    if (!clock.fractions) clock.fractions = timeNanos !== 0 || timeMs % 1000 !== 0;
    const isEarly = timeMs < EARLIEST_MS;
    if (isEarly || timeMs > latestMs || (timeMs === latestMs && timeNanos > latestNanos)) {
      noteDefect(state.tally, file, event, isEarly ? TOO_EARLY : tooLate(latest), () => ({
        ...event.span(slot),
        value: formatInstant(event.time!),
      }));
    }
    if (order !== undefined) stepOrder(order, timeMs, timeNanos, event);
    else {
      order = startOrder(timeMs, timeNanos, event);
      state.orders.set(order.first.place.file, order);
    }
  };
}

const TOO_EARLY: Defect = {
  code: 'implausible-time',
  key: 'too-early',
  field: 'time',
  expected: `expected a time from ${formatInstant(EARLIEST)} on`,
};

function tooLate(latest: Instant): Defect {
  return {
    code: 'implausible-time',
    key: 'too-late',
    field: 'time',
    expected: `expected no time after ${formatInstant(latest)}`,
  };
}

function whyUnread(text: string): Defect {
  const isZoneless = parseTimestamp(text).problem === 'missing-zone';
  const code = isZoneless ? 'missing-zone' : 'unreadable-time';
  const expected = isZoneless
    ? 'expected a zone such as "Z" or "+01:00"'
    : 'expected a date and time with a zone';
  return { code, key: code, field: 'time', expected };
}

function clockOf(clocks: Map<string, Clock>, source: string): Clock {
  let clock = clocks.get(source);
  if (clock === undefined) {
    clock = { timed: 0, untimed: 0, fractions: false };
    clocks.set(source, clock);
  }
  return clock;
}

function mergeStates(left: TimestampsState, right: TimestampsState): TimestampsState {
  mergeTallies(left.tally, right.tally);
  for (const [file, order] of right.orders) {
    const known = left.orders.get(file);
    left.orders.set(file, known === undefined ? order : mergeOrders(known, order));
  }
  for (const [source, { timed, untimed, fractions }] of right.clocks) {
    const clock = clockOf(left.clocks, source);
    clock.timed += timed;
    clock.untimed += untimed;
    clock.fractions ||= fractions;
  }
  return left;
}

function say(group: Group, where: string): string {
  const states = {
    'unreadable-time': 'is not readable',
    'missing-zone': 'has no zone',
    'implausible-time': 'is not plausible',
  };
  const state = states[group.code as keyof typeof states];
  return `${quote(group.field)} ${state} ${where}: ${group.expected}${foundValues(group)}`;
}

function toDisorder(order: TimeOrder): Finding[] {
  const { firstStepBack: first, largestStepBack: largest, backward, timed } = order;
  if (first === undefined || largest === undefined || isNewestFirst(order)) return [];
  const { before, after } = largest;
  const times = `${formatInstant(instantOf(after))} on line ${after.place.line} after ${formatInstant(instantOf(before))} on line ${before.place.line}`;
  const who = `${formatNumber(backward)} of ${count(timed, 'record')} ${backward === 1 ? 'is' : 'are'}`;
  return [
    {
      rule: 'timestamps',
      code: 'disordered-times',
      severity: 'low',
      verdict: 'violation',
      place: first.after.place,
      ...(backward > 1 && { related: [after.place], count: backward }),
      message: `${who} earlier than the record before, at most by ${formatDuration(instantOf(before) - instantOf(after))}: ${times}`,
      fingerprint: toFingerprint('timestamps', 'disordered-times', first.identity),
    },
  ];
}

function clockNotices([source, { timed, untimed, fractions }]: [string, Clock]): Notice[] {
  const notices: Notice[] = [];
  if (untimed > 0) {
    const message = `${count(untimed, 'record')} of the source ${quote(source)} carry no time and were not placed in any window`;
    notices.push({ code: 'untimed-records', message });
  }
  // One whole second is chance (1 in 1,000 for a clock in milliseconds); ten are the clock.
  if (!fractions && timed >= 10) {
    const message = `the times of the source ${quote(source)} are whole seconds: the order within a second is the order of the records`;
    notices.push({ code: 'whole-second-times', message });
  }
  return notices;
}

function newestFirstNotice(orders: Map<string, TimeOrder>): Notice[] {
  const files = [...orders.values()].filter(isNewestFirst);
  const [example] = files;
  if (example === undefined) return [];
  const message = `${count(files.length, 'file')} ${files.length === 1 ? 'lists its' : 'list their'} records newest first`;
  return [{ code: 'newest-first', message, place: example.first.place }];
}
