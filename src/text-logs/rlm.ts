/**
 * The report log of Reprise License Manager: what it says of itself, and each line as a record.
 * https://www.reprisesoftware.com/docs/admin/reportlog-format.html
 */
import { quote } from '../base/text-safety.ts';
import type { TextFormat, TextOptions, TextOutcome, TextReader } from '../model/text-format.ts';
import { type Members, toRecord } from './record-text.ts';
import { Repeats } from './repeats.ts';
import { formsOf, isRlmKind, type RlmFields, readFields } from './rlm-layouts.ts';
import { holderOf, membersOf } from './rlm-members.ts';
import { nothingInUse } from './rlm-restart.ts';
import { RlmSessions } from './rlm-sessions.ts';
import { RlmTime, type Stated } from './rlm-time.ts';
import { offsetsStated, readTimeZone } from './rlm-time-zone.ts';
import { ZoneOffsets } from './zone-offsets.ts';

const HEADER =
  /^RLM Report Log Format (\d{1,3}), version (\d{1,4}(?:\.\d{1,4}){0,3})(?:, *authenticated)? *$/;
const PERIODIC = /^(\d{1,2}\/\d{1,2}\/\d{4}) (\d{1,2}:\d{2}(?::\d{2})?)$/;

const FORMATS: Readonly<Record<string, string>> = { '0': 'standard', '1': 'small', '2': 'detailed' };

/** Lines of free text between the first line and START: a copyright notice. More of them are no header. */
const MAX_HEADER_LINES = 50;

/** What may stand before the line that a report log is known by. */
const BEFORE_HEADER = /^(?:SWITCH from .*|REPROCESSED .*|)$/;

export const rlm: TextFormat = {
  name: 'rlm',
  isOfOneServer: true,
  recognizes(head) {
    const first = head.find((line) => !BEFORE_HEADER.test(clean(line)));
    return first !== undefined && HEADER.test(clean(first));
  },
  start: (head, options) => new RlmReader(head.map(clean), options),
};

/** Some writers end lines in spaces, and an editor may have put a byte order mark in front. */
function clean(line: string): string {
  return (line.startsWith('\ufeff') ? line.slice(1) : line).trimEnd();
}

class RlmReader implements TextReader {
  private readonly time: RlmTime;
  private readonly zone: ZoneOffsets | undefined;
  private readonly head: readonly string[];
  private lineNumber = 0;
  private format: string | undefined;
  private version: string | undefined;
  private daemon: string | undefined;
  server: string | undefined;
  /** Lines since the header began; undefined behind START. */
  private headerLines: number | undefined = 0;
  /** Kinds that tell how the section before in this file ended; undefined in the first. */
  private endedBy: Set<string> | undefined;
  private switchedFrom: string | undefined;
  private readonly sessions = new RlmSessions();
  private readonly repeats = new Repeats();
  /** The line at hand. */
  private text = '';

  constructor(head: readonly string[], { zone }: TextOptions) {
    this.zone = zone === undefined ? undefined : new ZoneOffsets(zone);
    this.time = new RlmTime(this.zone);
    this.head = head;
    // START stands above the zone it is written in, and other lines above START are of its day.
    const zoneLine = head.find((line) => line.startsWith('TIMEZONE '));
    if (zoneLine !== undefined) this.timeZone(zoneLine.slice(9));
    const start = head.find((line) => line.startsWith('START '));
    const fields = start === undefined ? undefined : readFields('START', start.slice(6));
    const stated = fields && this.time.readDate(fields.get('date')!, fields.get('clock')!);
    if (stated !== undefined) this.time.moveTo(stated);
  }

  line(text: string): TextOutcome {
    this.lineNumber++;
    const line = clean(text);
    if (line === '') return 'framing';
    this.text = line;
    const space = line.search(/[ \t]/);
    const kind = space < 0 ? line : line.slice(0, space);
    if (kind === 'RLM') return this.begin(line);
    if (kind === 'TIMEZONE') return this.timeZone(line.slice(kind.length));
    if (kind === 'ISV:') return this.isv(line);
    if (line.startsWith('LICENSE FILE')) return 'framing';
    if (isRlmKind(kind)) return this.record(kind, line.slice(kind.length));
    const periodic = PERIODIC.exec(line);
    if (periodic !== null) return this.periodic(periodic[1]!, periodic[2]!);
    if (this.headerLines !== undefined && ++this.headerLines <= MAX_HEADER_LINES) return 'framing';
    return { malformed: 'a record of an RLM report log' };
  }

  finish(): TextOutcome {
    return 'framing';
  }

  private begin(line: string): TextOutcome {
    const match = HEADER.exec(line);
    const format = match === null ? undefined : FORMATS[match[1]!];
    if (match === null || format === undefined)
      return { malformed: '"RLM Report Log Format" 0, 1 or 2, and its version' };
    this.format = format;
    this.version = match[2];
    this.headerLines = 0;
    return 'framing';
  }

  /** `ISV: acme, RLM version 14.1 BL2` */
  private isv(line: string): TextOutcome {
    this.daemon = /^ISV: *([^,\s]+)/.exec(line)?.[1];
    return 'framing';
  }

  private timeZone(text: string): TextOutcome {
    const stated = readTimeZone(text);
    if (stated === undefined) return { malformed: 'TIMEZONE, minutes west of UTC, and daylight rules' };
    if (this.zone === undefined) {
      this.time.setZone(stated.hasRules ? undefined : -stated.minutesWest);
      return 'framing';
    }
    if (offsetsStated(stated, this.zone)) return 'framing';
    // Two statements of the zone that exclude each other: neither is certain.
    this.time.setZone(undefined);
    return { malformed: `a time zone like ${quote(this.zone.zone)}, which was given for this log` };
  }

  private periodic(date: string, clock: string): TextOutcome {
    const stated = this.time.readDate(date, clock);
    if (stated === undefined) return BAD_TIME;
    return this.write('timestamp', this.time.moveTo(stated), precisionOf(stated), {});
  }

  private record(kind: string, rest: string): TextOutcome {
    const fields = readFields(kind, rest);
    if (fields === undefined) return { malformed: formsOf(kind) };
    if (kind === 'INUSE') return this.inUse(fields);
    const clock = fields.get('clock') ?? fields.get('day/clock');
    if (clock === undefined) return this.untimed(kind, fields);
    const stated = this.statedTime(fields, clock);
    if (stated === undefined) return this.withoutTime(kind, fields);
    if (kind === 'START') return this.startRecord(fields, stated);
    if (kind === 'SHUTDOWN' || kind === 'END') this.endedBy?.add(kind);
    const time = this.time.moveTo(stated);
    return this.write(kind, time, precisionOf(stated), {
      ...membersOf(kind, fields),
      ...this.follow(kind, fields),
    });
  }

  /** Follows the sessions; what the log said of one at its check-out and does not repeat at its check-in. */
  private follow(kind: string, fields: RlmFields): Members {
    const handle = fields.get('handle');
    if (handle === undefined) return {};
    if (kind === 'OUT') this.sessions.open(handle, holderOf(fields));
    const holder = kind === 'IN' ? this.sessions.close(handle) : undefined;
    if (holder === undefined) return {};
    const { feature, version, user, host } = holder;
    const asked = fields.get('feature');
    // What is checked in is called by the name that was asked for.
    return { feature, version, user, host, ...(asked !== feature && { requested_feature: asked }) };
  }

  /** Undefined where no year is known, or the calendar has no such day. */
  private statedTime(fields: RlmFields, clock: string): Stated | undefined {
    const date = fields.get('date');
    if (date !== undefined) return this.time.readDate(date, clock);
    const day = fields.get('day');
    if (day !== undefined) return this.time.readDay(day, clock);
    // METER_DEC as the manual prints it: 03/02/08:00:00.
    const slash = clock.lastIndexOf('/');
    if (slash >= 0) return this.time.readDay(clock.slice(0, slash), clock.slice(slash + 1));
    return this.time.readClock(clock);
  }

  /** A log whose beginning is missing: the record stays one, its time as the log has it, which nobody can place. */
  private withoutTime(kind: string, fields: RlmFields): TextOutcome {
    const words = ['date', 'day', 'clock', 'day/clock'].map((name) => fields.get(name) ?? '');
    const text = words.filter((word) => word !== '').join(' ');
    if (this.time.current() !== undefined || fields.has('date')) return BAD_TIME;
    return this.write(kind, text, undefined, membersOf(kind, fields));
  }

  private startRecord(fields: RlmFields, stated: Stated): TextOutcome {
    const time = this.time.moveTo(stated);
    this.server = fields.get('server');
    const restart = this.switchedFrom === undefined && this.isRestart();
    if (restart) this.sessions.clear();
    const members: Members = {
      log_format: this.format,
      log_version: this.version,
      switched_from: this.switchedFrom,
      restart,
    };
    this.headerLines = undefined;
    this.switchedFrom = undefined;
    this.endedBy = new Set();
    return this.write('START', time, precisionOf(stated), members);
  }

  /** Certain after a shutdown, and where the log before just breaks off: a killed server writes no END. */
  private isRestart(): boolean {
    if (this.endedBy === undefined) return nothingInUse(this.head, this.lineNumber, this.version);
    return this.endedBy.has('SHUTDOWN') || this.endedBy.size === 0;
  }

  /**
   * The session is open where the log has come to; the time on the line is that of its check-out. `known`: this log has
   * shown it before, so that nothing is taken besides.
   */
  private inUse(fields: RlmFields): TextOutcome {
    const [day, clock, handle] = [fields.get('day')!, fields.get('clock')!, fields.get('handle')!];
    const stated = this.time.readPastDay(day, clock);
    const time = this.time.current();
    if (stated === undefined && time !== undefined) return BAD_TIME;
    const since = stated === undefined ? `${day} ${clock}` : this.time.told(stated);
    const holder = holderOf(fields);
    const known = this.sessions.has(handle, holder);
    this.sessions.open(handle, holder);
    return this.write('INUSE', time, undefined, { ...membersOf('INUSE', fields), since, known });
  }

  private untimed(kind: string, fields: RlmFields): TextOutcome {
    if (kind === 'SWITCH') {
      if (fields.get('direction') === 'to') this.endedBy?.add(kind);
      else this.switchedFrom = fields.get('file');
    }
    return this.write(kind, this.time.current(), undefined, membersOf(kind, fields));
  }

  private write(
    event: string,
    time: string | undefined,
    precision: string | undefined,
    members: Members,
  ): TextOutcome {
    const { daemon, server } = this;
    // Denials are told to the minute: two of one person are two.
    const times = this.repeats.count(this.text, this.time.second, 1);
    const again = times > 1 ? times : undefined;
    return toRecord({ log: 'rlm', time, precision, event, daemon, server, ...members, again });
  }
}

function precisionOf({ toTheMinute }: Stated): string | undefined {
  return toTheMinute ? 'minute' : undefined;
}

const BAD_TIME: TextOutcome = { malformed: 'a day and time that a calendar has' };
