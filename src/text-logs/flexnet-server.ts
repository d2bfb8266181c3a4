/**
 * What a FlexNet debug log says of the daemons themselves: that they start, end, read their license files again. A vendor
 * daemon that starts has lost all sessions, one that rereads keeps them: taken for one another, peaks treble.
 */
import { textMember } from './json-text.ts';

/** `event`: as the log says it, but `REREAD` for every way of saying it. `members` as they follow in the record. */
type ServerEvent = { event: string; daemon: string; members: string };

/** More names than any server has daemons; beyond, each is taken for new. */
const MAX_DAEMONS = 1000;

/** `starting`: its start was told; `serving`: it has served somebody since the log began. */
type DaemonState = Readonly<{ starting: boolean; serving: boolean }>;

const UNKNOWN: DaemonState = { starting: false, serving: false };

/** What was told of servers so far; plain data. */
export type ServerState = {
  host: string | undefined;
  daemons: ReadonlyMap<string, DaemonState>;
  /** The daemon that served last, and nothing of it was told since. */
  lastServing: string;
  /** Whether license files were read anew: then a daemon that is ready need not have started. */
  reread: boolean;
};

export class ServerMessages {
  /** Where lmgrd says that it runs. */
  host: string | undefined;
  private daemons: Map<string, DaemonState>;
  /** Whether somebody keeps `daemons` as they are now. */
  private isKept = false;
  private lastServing: string;
  private reread: boolean;

  constructor(state?: ServerState) {
    this.host = state?.host;
    this.daemons = new Map(state?.daemons);
    this.lastServing = state?.lastServing ?? '';
    this.reread = state?.reread ?? false;
  }

  save(): ServerState {
    this.isKept = true;
    const { host, daemons, lastServing, reread } = this;
    return { host, daemons, lastServing, reread };
  }

  /** Whether `serves` would change nothing. */
  isServing(daemon: string): boolean {
    return daemon === this.lastServing;
  }

  /** The daemon writes of a license. */
  serves(daemon: string): void {
    if (daemon === this.lastServing) return;
    this.note(daemon, { starting: false, serving: true });
    this.lastServing = daemon;
  }

  /** Undefined for noise, and for what was told before in other words; `malformed` as the name says. */
  read(daemon: string, line: string, at: number): ServerEvent | 'malformed' | undefined {
    // Summaries and lists of features make most of many logs.
    if (line.startsWith('(@', at) || line.startsWith('SLOG: ', at)) return undefined;
    if (line.startsWith('EXPIRED: ', at)) return expired(daemon, line.slice(at + 9).trim());
    if (line.startsWith('REMOVING ', at)) return removing(daemon, line.slice(at + 9).trim());
    const message = line.slice(at, at + LONGEST_MESSAGE).trim();
    if (EXITING.test(message)) return this.ended('EXITING', daemon, message);
    const starts = STARTS.exec(message);
    if (starts !== null) return this.started(starts[1]!, starts[2]!);
    if (BANNER.test(message)) return this.started('Started', daemon);
    if (SERVER_STARTED.test(message)) return this.serverStarted(daemon, message);
    const lmgrd = LMGRD_STARTED.exec(message);
    if (lmgrd !== null) this.host ??= lmgrd[1]!.toLowerCase();
    if (lmgrd !== null) return { event: 'started', daemon, members: textMember('host', lmgrd[1]) };
    const exited = daemon === LMGRD ? EXITED.exec(message) : null;
    if (exited !== null) return this.ended('exited', exited[1]!, message);
    if (!MAY_END.test(message) || message.startsWith('lmdown/')) return undefined;
    if (REREAD.test(message)) {
      this.reread = true;
      return { event: 'REREAD', daemon, members: textMember('reason', message) };
    }
    return this.shutdown(daemon, message);
  }

  /** A start is told up to three times: by lmgrd, by the daemon's first line, and once it is ready. */
  private started(event: string, daemon: string): ServerEvent | undefined {
    const state = this.stateOf(daemon);
    if (state.starting) return undefined;
    this.note(daemon, { ...state, starting: true });
    this.lastServing = '';
    return { event, daemon, members: '' };
  }

  /** Ready to serve: at the end of a start, and again whenever the license file was read anew. */
  private serverStarted(daemon: string, message: string): ServerEvent | undefined {
    const state = this.stateOf(daemon);
    if (state.starting) {
      this.note(daemon, { ...state, starting: false });
      return undefined;
    }
    if (!state.serving && !this.reread) return { event: 'Server started', daemon, members: '' };
    return { event: 'REREAD', daemon, members: textMember('reason', message) };
  }

  private ended(event: string, daemon: string, reason: string): ServerEvent {
    this.note(daemon, UNKNOWN);
    this.lastServing = '';
    return { event, daemon, members: textMember('reason', reason) };
  }

  private shutdown(daemon: string, message: string): ServerEvent | undefined {
    const shutting = SHUTTING.exec(message);
    if (shutting !== null) return this.ended('shutting down', shutting[1] ?? daemon, message);
    const request = SHUTDOWN.exec(message);
    if (request === null) return undefined;
    const [, user, host] = request;
    const members = textMember('user', user) + textMember('host', host) + textMember('reason', message);
    return { event: 'SHUTDOWN', daemon, members };
  }

  private stateOf(daemon: string): DaemonState {
    return this.daemons.get(daemon) ?? UNKNOWN;
  }

  private note(daemon: string, state: DaemonState): void {
    if (!this.daemons.has(daemon) && this.daemons.size >= MAX_DAEMONS) return;
    if (this.isKept) {
      this.daemons = new Map(this.daemons);
      this.isKept = false;
    }
    this.daemons.set(daemon, state);
  }
}

/** Of a message only so much is looked at for these words. */
const LONGEST_MESSAGE = 1000;
/** `Started ansyslmd (internet tcp_port 37560 pid 1085)`, `REStarted …` */
const STARTS = /^(Started|REStarted|Restarted) (\S+) \(/;
/** The first line of a vendor daemon, and none about a client: `FlexNet Licensing version v11.13.1.2 build 173085 x64_lsb`. */
const BANNER = /^FLEX\w* (?:Licensing )?version v?\d[\w.]*(?: build\b| \(|$)/i;
const SERVER_STARTED = /^(?:\[NEW\] )?Server started (?:on|for)\b/;
const LMGRD_STARTED = /^FLEX.* started on (\S+) \(/i;
/** The daemon that starts the others, and is told of their ends. */
const LMGRD = 'lmgrd';
/** `EXITING DUE TO SIGNAL 15`, `EXITING with code 2` */
const EXITING = /^EXITING (?:DUE TO SIGNAL|with code) /i;
/** `ABAQUSLM exited with status 0 signal = 17` */
const EXITED = /^(\S+) exited with status /;
const MAY_END = /re-?read|shut/i;
const REREAD = /\b(?:lm)?re-?read(?:ing|s)?\b/i;
/** `Shutting down ansyslmd`, `daemon shutdown requested - shutting down` */
const SHUTTING = /^Shutting down (\S+)|\bshutdown requested - shutting down$/i;
/** `SHUTDOWN request from ann at node pc1` */
const SHUTDOWN = /^SHUTDOWN\b(?:.*? from (\S+?)(?:@| at (?:node )?)(\S+))?/i;

/** `EXPIRED: feature` */
function expired(daemon: string, text: string): ServerEvent | 'malformed' {
  const feature = text.startsWith('"') ? text.slice(1).split('"', 1)[0]! : text.split(/\s/, 1)[0]!;
  return feature === '' ? 'malformed' : { event: 'EXPIRED', daemon, members: textMember('feature', feature) };
}

/** `REMOVING ann@pc1:0.0 from feature by administrator request.` */
function removing(daemon: string, text: string): ServerEvent | 'malformed' {
  const from = text.indexOf(' from ');
  const sign = text.lastIndexOf('@', from);
  if (from < 0 || sign < 1) return 'malformed';
  const [feature = '', ...reason] = text.slice(from + 6).split(' ');
  const host = text.slice(sign + 1, from).split(':', 1)[0]!;
  if (feature === '' || host === '' || host.includes(' ')) return 'malformed';
  const members = [
    textMember('feature', feature.replaceAll('"', '')),
    textMember('user', text.slice(0, sign)),
    textMember('host', host),
    textMember('reason', reason.join(' ')),
  ];
  return { event: 'REMOVING', daemon, members: members.join('') };
}
