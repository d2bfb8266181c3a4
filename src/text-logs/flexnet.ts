/**
 * The debug log of FlexNet's lmgrd and vendor daemons: `H:MM:SS (daemon) message`, the hour padded by a blank.
 * License Administration Guide, "Debug Log Messages" (docs.revenera.com); what is read of it: docs/text-logs.md.
 */
import type { LostTime } from '../base/lost-time.ts';
import { NOT_PLAIN, type TextFormat, type TextOutcome, type TextReader } from '../model/text-format.ts';
import { firstDay, hasCarrier, readCarrier } from './flexnet-carriers.ts';
import { formOf, isChatter } from './flexnet-chatter.ts';
import { type DatesState, type Jump, LogDates } from './flexnet-dates.ts';
import { type LineHead, parseHead } from './flexnet-head.ts';
import { holdsMessage, looksLikeMessage } from './flexnet-lookalike.ts';
import { LICENSE_WORDS, type LicenseWord, Message } from './flexnet-message.ts';
import { PlainLine } from './flexnet-plain.ts';
import { ServerMessages, type ServerState } from './flexnet-server.ts';
import { FlexnetSkimmer } from './flexnet-skimmer.ts';
import { numberMember, textMember, toJsonText } from './json-text.ts';
import { KnownBytes, put, putAll } from './put-bytes.ts';
import { Repeats, TextWords } from './repeats.ts';

export const flexnet: TextFormat = {
  name: 'flexnet',
  isOfOneServer: true,
  /** Half of its lines at least: lists of features and licenses go over lines without a time. */
  recognizes(head) {
    const filled = head.filter((line) => line.trim() !== '');
    const matching = filled.filter((line) => parseHead(line) !== undefined);
    return matching.length > 0 && matching.length * 2 >= filled.length;
  },
  wantsMore: (head) => !hasCarrier(head),
  start: (head, { zone }) => new FlexnetReader(new LogDates(firstDay(head), zone)),
  startSkimmer: (head, { zone }) => new FlexnetSkimmer(new FlexnetReader(new LogDates(firstDay(head), zone))),
  resume(state, { zone }) {
    const { dates, servers } = state as FlexnetState;
    return new FlexnetReader(new LogDates(undefined, zone, dates), new ServerMessages(servers));
  },
};

/**
 * What a reader knows behind a line, but for the lines that another may equal, of which it knows when it has read them. Whether
 * the clock was put back is told of the next record, and that one was told: a window begins with a record.
 */
type FlexnetState = { dates: DatesState; servers: ServerState };

const ANY_WORD = LICENSE_WORDS.join('|');
/** Where two daemons wrote at once, one line holds two messages. */
const GLUED = new RegExp(`(?:^| )(?:${ANY_WORD}): `);
/** A message about a license, wherever it stands: what a daemon says, or a word and a feature in quotes. */
const MESSAGE = new RegExp(`(?:^|\\) *)(?:${ANY_WORD}):|\\b(?:${ANY_WORD}):\\s*"`);
/** Of a message that was cut amid its word, for the other part is noise: `T: "feature" ann@pc1`. */
const TAIL = new RegExp(`^(?:${LICENSE_WORDS.flatMap(endsOf).join('|')})?:\\s*"`);

const WHO = 'a feature and user@host';
const MANY_MESSAGES: TextOutcome = { malformed: 'one message on a line' };
const UNKNOWN_WORD: TextOutcome = { malformed: 'a word such as OUT or IN before a feature and user@host' };

class FlexnetReader implements TextReader {
  private readonly dates: LogDates;
  private readonly message = new Message();
  private readonly servers: ServerMessages;
  readonly repeats = new Repeats();
  /** Seconds by which the clock was put back since the last record. */
  private stepped = 0;
  /** The daemon of the last line, and its name as JSON: there are few. */
  private daemon = '';
  private daemonJson = '""';
  private readonly plain = new PlainLine();
  /** Where its record is written. */
  private target = new TextWords(Buffer.alloc(0));
  /** What a plain line's record has before and behind the time of day. */
  private readonly beforeClock = new KnownBytes((date) => `{"time":"${date}`);
  private readonly behindClock = new KnownBytes((offset) => offset);

  constructor(dates: LogDates, servers = new ServerMessages()) {
    this.dates = dates;
    this.servers = servers;
  }

  save(): FlexnetState {
    return { dates: this.dates.save(), servers: this.servers.save() };
  }

  get server(): string | undefined {
    return this.servers.host;
  }

  get lost(): readonly LostTime[] {
    return this.dates.lost;
  }

  line(text: string): TextOutcome {
    const head = parseHead(text);
    if (head === undefined)
      return MESSAGE.test(text) || TAIL.test(text) || holdsMessage(text)
        ? { malformed: 'a time and the name of a daemon' }
        : 'framing';
    this.stepped += this.dates.move(head.seconds);
    const word = licenseWord(text, head.at);
    return word === undefined ? this.other(text, head) : this.license(text, head, word);
  }

  /** What `line` does for such a line, without a string. */
  plainLine(bytes: Uint8Array, start: number, end: number, target: Buffer): number {
    const { plain, dates } = this;
    if (!dates.isDated || !plain.read(bytes, start, end)) return NOT_PLAIN;
    this.stepped += dates.move(plain.seconds);
    this.servers.serves(plain.opening.daemon);
    const { clockStart, clockEnd, opening } = plain;
    let at = putAll(target, 0, this.beforeClock.of(dates.date));
    if (clockEnd - clockStart < LONG_CLOCK) target[at++] = ZERO;
    at = put(target, at, bytes, clockStart, clockEnd);
    at = putAll(target, at, this.behindClock.of(dates.offset));
    at = putAll(target, at, opening.record);
    at = put(target, at, bytes, plain.featureStart, plain.featureEnd);
    at = putAll(target, at, BEFORE_USER);
    at = put(target, at, bytes, plain.userStart, plain.userEnd);
    at = putAll(target, at, BEFORE_HOST);
    at = put(target, at, bytes, plain.hostStart, plain.hostEnd);
    at = putAll(target, at, BEHIND_HOST);
    if (target !== this.target.bytes) this.target = new TextWords(target);
    const times = this.repeats.countText(this.target, at, dates.second, dates.pass);
    if (times > 1 || dates.pass > 1 || this.stepped > 0)
      at = putAll(target, at, Buffer.from(this.lastMembers(times)));
    target[at++] = CLOSE_BRACE;
    return at;
  }

  /**
   * Takes a line of which nothing is remembered but the time, whatever its message says, for a skimmer; false where it must go
   * to `line`: of another day, window or daemon, or none about a license.
   */
  passBy(bytes: Uint8Array, start: number, end: number): boolean {
    const { plain, dates, repeats } = this;
    if (!plain.readHead(bytes, start, end)) return false;
    const second = dates.secondAhead(plain.seconds);
    if (Number.isNaN(second) || repeats.turnsAt(second, dates.pass)) return false;
    if (!this.servers.isServing(plain.opening.daemon)) return false;
    dates.move(plain.seconds);
    return true;
  }

  finish(): TextOutcome {
    return 'framing';
  }

  private license(text: string, head: LineHead, word: LicenseWord): TextOutcome {
    const { message } = this;
    this.servers.serves(head.daemon);
    if (!message.read(text, head.at + word.length + 1)) return { malformed: `${WHO} after "${word}:"` };
    const { data, reason } = message;
    if (data !== undefined && GLUED.test(data)) return MANY_MESSAGES;
    if (reason !== undefined && MESSAGE.test(reason)) return MANY_MESSAGES;
    return this.record(head, word, head.daemon, membersOf(message));
  }

  private other(text: string, head: LineHead): TextOutcome {
    const { at, daemon } = head;
    // Of two messages neither is read: not the date of the first one either.
    if (MESSAGE.test(text)) return MANY_MESSAGES;
    if (looksLikeMessage(text, at)) return UNKNOWN_WORD;
    const carrier = readCarrier(text, at);
    const jump = carrier === undefined ? undefined : this.dates.correct(carrier.day, carrier.isStart);
    const event = this.servers.read(daemon, text, at);
    if (event === 'malformed') return { malformed: `${WHO} after "${text.slice(at).split(/[: ]/, 1)[0]}"` };
    if (event !== undefined)
      return this.record(head, event.event, event.daemon, event.members + jumpMembers(jump));
    if (jump === undefined)
      return carrier !== undefined || isChatter(text, at) ? 'framing' : { unknown: formOf(daemon, text, at) };
    return this.record(head, 'clock.jump', daemon, jumpMembers(jump));
  }

  private record(head: LineHead, event: string, daemon: string, members: string): TextOutcome {
    const { dates } = this;
    const { clock } = head;
    const time = dates.isDated
      ? `"time":"${dates.date}${clock}${dates.offset}"`
      : `"clock":"${clock}","day":${dates.midnights}`;
    if (daemon !== this.daemon) {
      this.daemon = daemon;
      this.daemonJson = toJsonText(daemon);
    }
    // What the record says, and not how its line says it: a copy that begins amid lines of one second counts the same.
    const said = `{${time},"event":"${event}","daemon":${this.daemonJson}${members}`;
    const times = this.repeats.count(said, dates.second, dates.pass);
    return { record: `${said}${this.lastMembers(times)}}` };
  }

  /** What tells a record from its equals, and from what the clock showed before. `times`: how often it was there by now. */
  private lastMembers(times: number): string {
    const { pass } = this.dates;
    const again = pass > 1 ? `,"again":"${pass}.${times}"` : times > 1 ? `,"again":"${times}"` : '';
    const stepped = this.stepped > 0 ? numberMember('stepped', this.stepped) : '';
    this.stepped = 0;
    return stepped + again;
  }
}

const ZERO = 0x30;
const CLOSE_BRACE = 0x7d;
/** `09:05:00` */
const LONG_CLOCK = 8;
const BEFORE_USER = Buffer.from('","user":"');
const BEFORE_HOST = Buffer.from('","host":"');
/** Where a line names no quantity, it is one. */
const BEHIND_HOST = Buffer.from('","quantity":1');

function licenseWord(text: string, at: number): LicenseWord | undefined {
  for (const word of LICENSE_WORDS)
    if (text.startsWith(word, at) && text[at + word.length] === ':') return word;
  return undefined;
}

/** Every end of the word that is not the whole of it. */
function endsOf(word: string): string[] {
  return Array.from({ length: word.length - 1 }, (_, index) => word.slice(index + 1));
}

function membersOf(message: Message): string {
  const { feature, user, host, quantity, before, reason, code, data, verbose } = message;
  const members =
    textMember('feature', feature) +
    textMember('user', user) +
    textMember('host', host) +
    // Where a line names none, it is one.
    (quantity === undefined || isWhole(quantity)
      ? numberMember('quantity', quantity ?? 1)
      : textMember('quantity', quantity)) +
    numberMember('quantity_before', before) +
    textMember('reason', reason) +
    textMember('code', code) +
    textMember('data', data);
  if (verbose === undefined) return members;
  const { version, ip, pid, handle, inUse, capacity, project } = verbose;
  return (
    members +
    textMember('version', version) +
    textMember('ip', ip) +
    textMember('pid', pid) +
    textMember('handle', handle) +
    numberMember('in_use', inUse) +
    numberMember('capacity', capacity) +
    textMember('project', project)
  );
}

/** The date of the line is `days` later than the one that was counted. */
function jumpMembers(jump: Jump | undefined): string {
  if (jump === undefined) return '';
  return numberMember('days', jump.days) + textMember('from', jump.from) + textMember('to', jump.to);
}

/** And no greater than a number of JSON tells exactly. */
function isWhole(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
