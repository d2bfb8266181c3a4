/**
 * The debug log of FlexNet's lmgrd and vendor daemons: `H:MM:SS (daemon) message`, the hour padded by a blank.
 * License Administration Guide, "Debug Log Messages" (docs.revenera.com); what is read of it: docs/text-logs.md.
 */
import type { TextFormat, TextOptions, TextOutcome, TextReader } from '../model/text-format.ts';
import { firstDay, hasCarrier, readCarrier } from './flexnet-carriers.ts';
import { type Jump, LogDates } from './flexnet-dates.ts';
import { type LineHead, parseHead } from './flexnet-head.ts';
import { Message } from './flexnet-message.ts';
import { ServerMessages } from './flexnet-server.ts';
import { numberMember, textMember, toJsonText } from './json-text.ts';
import { Repeats } from './repeats.ts';

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
  start: (head, options) => new FlexnetReader(head, options),
};

/** What begins a message about a license, in the order of how often it does. */
const LICENSE_WORDS = ['OUT', 'IN', 'DENIED', 'UNSUPPORTED', 'UPGRADE', 'QUEUED', 'DEQUEUED'] as const;
type LicenseWord = (typeof LICENSE_WORDS)[number];

const ANY_WORD = LICENSE_WORDS.join('|');
/** Where two daemons wrote at once, one line holds two messages. */
const GLUED = new RegExp(`(?:^| )(?:${ANY_WORD}): `);
/** A line that lost its beginning. */
const MANGLED = new RegExp(`\\) (?:${ANY_WORD}): `);

const WHO = 'a feature and user@host';

class FlexnetReader implements TextReader {
  private readonly dates: LogDates;
  private readonly message = new Message();
  private readonly servers = new ServerMessages();
  private readonly repeats = new Repeats();
  /** Seconds by which the clock was put back since the last record. */
  private stepped = 0;
  /** The daemon of the last line, and its name as JSON: there are few. */
  private daemon = '';
  private daemonJson = '""';

  constructor(head: readonly string[], { zone }: TextOptions) {
    this.dates = new LogDates(firstDay(head), zone);
  }

  get server(): string | undefined {
    return this.servers.host;
  }

  line(text: string): TextOutcome {
    const head = parseHead(text);
    if (head === undefined)
      return MANGLED.test(text) ? { malformed: 'a time and the name of a daemon' } : 'framing';
    this.stepped += this.dates.move(head.seconds);
    const word = licenseWord(text, head.at);
    return word === undefined ? this.other(text, head) : this.license(text, head, word);
  }

  finish(): TextOutcome {
    return 'framing';
  }

  private license(text: string, head: LineHead, word: LicenseWord): TextOutcome {
    const { message } = this;
    this.servers.serves(head.daemon);
    if (!message.read(text, head.at + word.length + 1)) return { malformed: `${WHO} after "${word}:"` };
    if (message.data !== undefined && GLUED.test(message.data)) return { malformed: 'one message on a line' };
    return this.record(head, word, head.daemon, membersOf(message));
  }

  private other(text: string, head: LineHead): TextOutcome {
    const { at, daemon } = head;
    const carrier = readCarrier(text, at);
    const jump = carrier === undefined ? undefined : this.dates.correct(carrier.day, carrier.isStart);
    const event = this.servers.read(daemon, text, at);
    if (event === 'malformed') return { malformed: `${WHO} after "${text.slice(at).split(/[: ]/, 1)[0]}"` };
    if (event !== undefined)
      return this.record(head, event.event, event.daemon, event.members + jumpMembers(jump));
    if (jump === undefined) return 'framing';
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
    const again =
      dates.pass > 1 ? `,"again":"${dates.pass}.${times}"` : times > 1 ? `,"again":"${times}"` : '';
    const stepped = this.stepped > 0 ? numberMember('stepped', this.stepped) : '';
    this.stepped = 0;
    return {
      record: `${said}${stepped}${again}}`,
    };
  }
}

function licenseWord(text: string, at: number): LicenseWord | undefined {
  for (const word of LICENSE_WORDS)
    if (text.startsWith(word, at) && text[at + word.length] === ':') return word;
  return undefined;
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
