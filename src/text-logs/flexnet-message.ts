/**
 * The message of a line about a license: `OUT: "feature" user@host [data] (3 licenses)` and its kin, piece by piece and in
 * linear time. Forms: License Administration Guide of FlexNet Publisher, "Informational Messages" and "Verbose Debug Log
 * Messages" (docs.revenera.com), and what servers of older versions wrote.
 */

/** What begins a message about a license, in the order of how often it does. */
export const LICENSE_WORDS = ['OUT', 'IN', 'DENIED', 'UNSUPPORTED', 'UPGRADE', 'QUEUED', 'DEQUEUED'] as const;
export type LicenseWord = (typeof LICENSE_WORDS)[number];

/** One object for the life of a reader: its fields are of the message that was read last. */
export class Message {
  feature: string | undefined;
  user: string | undefined;
  host: string | undefined;
  /** Whole numbers as written. */
  quantity: string | undefined;
  /** Of an upgrade: what was held before. */
  before: string | undefined;
  reason: string | undefined;
  /** FlexNet's error numbers, `-4,342`. */
  code: string | undefined;
  /** Checkout data, which decides what is shared. */
  data: string | undefined;
  verbose: Verbose | undefined;

  private text = '';
  private at = 0;

  /** Reads `text` from `start`; false where it is no such message. */
  read(text: string, start: number): boolean {
    this.text = text;
    this.at = start;
    this.user = undefined;
    this.host = undefined;
    this.quantity = undefined;
    this.before = undefined;
    this.reason = undefined;
    this.code = undefined;
    this.data = undefined;
    this.verbose = undefined;
    this.skipBlanks();
    if (!this.readFeature()) return false;
    this.skipBlanks();
    // What the license demands of the client: (PORT_AT_HOST_PLUS   ).
    if (text[this.at] === '(' && !this.skipGroup('(', ')')) return false;
    this.skipBlanks();
    if (!this.readHolder()) return false;
    return this.readRest();
  }

  /** `"feature"`, `feature`, and of the oldest `3 feature to` and `feature by`. */
  private readFeature(): boolean {
    const { text } = this;
    if (text[this.at] === '"') {
      this.feature = this.readQuoted();
      if (this.feature === '') return false;
    } else {
      let word = this.readWord();
      // A number alone is no feature here: the feature would stand where the holder must.
      const counted = /^\d{1,9}$/.test(word) ? word : undefined;
      if (counted !== undefined) {
        this.skipBlanks();
        word = text[this.at] === '"' ? this.readQuoted() : this.readWord();
        this.quantity = counted;
      }
      if (word === '' || word.includes('@')) return false;
      this.feature = word;
    }
    this.skipBlanks();
    if (text.startsWith('to ', this.at) || text.startsWith('by ', this.at)) this.at += 3;
    return true;
  }

  private readQuoted(): string {
    const end = this.text.indexOf('"', this.at + 1);
    if (end < 0) return '';
    const word = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return word;
  }

  /** `user@host`: a user may have blanks and @ in it, a host has neither. `@host`: the user stands in the verbose part. */
  private readHolder(): boolean {
    const { text } = this;
    let sign = text.indexOf('@', this.at);
    if (sign < 0) return false;
    const end = blankFrom(text, sign + 1);
    for (let next = text.indexOf('@', sign + 1); next >= 0 && next < end; next = text.indexOf('@', next + 1))
      sign = next;
    // A display of X11 behind the host, of removals: host:0.0 or host:/dev/tty.
    const colon = text.indexOf(':', sign + 1);
    const hostEnd = colon > 0 && colon < end && text.indexOf(':', colon + 1) < 0 ? colon : end;
    if (hostEnd === sign + 1) return false;
    const user = text.slice(this.at, sign).trimEnd();
    // A quote is of the feature of another message.
    if (user.includes('(') || user.includes('[') || user.includes('"')) return false;
    this.user = user === '' ? undefined : user;
    this.host = text.slice(sign + 1, hostEnd);
    this.at = end;
    return true;
  }

  /** Groups in any order, until the end. */
  private readRest(): boolean {
    const { text } = this;
    for (;;) {
      this.skipBlanks();
      if (this.at >= text.length) return true;
      const start = this.at;
      if (text[start] === '(') {
        if (!this.skipGroup('(', ')')) return false;
        this.readParentheses(text.slice(start + 1, this.at - 1).trim());
      } else if (text[start] === '[') {
        if (!this.skipGroup('[', ']')) return false;
        this.data = text.slice(start + 1, this.at - 1).trim();
      } else if (text.startsWith('^^^', start)) {
        const end = text.indexOf('^^^', start + 3);
        if (end < 0) return false;
        const inside = text.slice(start + 3, end).trim();
        this.verbose = parseVerbose(inside);
        // In a form that is not known the line still says who took what.
        if (this.verbose === undefined) this.data = inside;
        this.user ??= this.verbose?.user;
        this.at = end + 3;
      } else {
        const word = this.readWord();
        this.data = this.data === undefined ? word : `${this.data} ${word}`;
      }
    }
  }

  private readParentheses(inside: string): void {
    const quantity = QUANTITY.exec(inside);
    if (quantity !== null) {
      this.before = quantity[1];
      this.quantity = quantity[2];
      return;
    }
    // No number that a server writes: as it stands, for whoever reads the record to see that nobody can tell how many.
    const odd = ODD_QUANTITY.exec(inside);
    if (odd !== null) {
      this.quantity = odd[1];
      return;
    }
    const code = CODE.exec(inside);
    const said = code === null ? inside : inside.slice(0, code.index).trimEnd();
    if (code !== null) this.code ??= code[1];
    if (said !== '') this.reason = this.reason === undefined ? said : `${this.reason}; ${said}`;
  }

  private skipBlanks(): void {
    const { text } = this;
    while (this.at < text.length && isBlank(text.charCodeAt(this.at))) this.at++;
  }

  private readWord(): string {
    const start = this.at;
    this.at = blankFrom(this.text, start);
    return this.text.slice(start, this.at);
  }

  /** Goes behind the bracket that closes the one at `at`. */
  private skipGroup(open: string, close: string): boolean {
    const { text } = this;
    let depth = 0;
    for (let index = this.at; index < text.length; index++) {
      const char = text[index];
      if (char === open) depth++;
      else if (char === close && --depth === 0) {
        this.at = index + 1;
        return true;
      }
    }
    return false;
  }
}

/** What a verbose server adds between `^^^`, from 11.19 on. */
type Verbose = {
  version: string;
  user: string;
  ip: string;
  pid: string;
  handle: string;
  inUse: string;
  capacity: string;
  project: string;
};

/** Bounds what its expression may try; names of users and projects are far shorter. */
const MAX_VERBOSE = 1000;
/** ver user ip pid handle in_use out_of project flex_version flex_revision date time is_dup_group */
const VERBOSE =
  /^(\S+) (.+?) (\S+) (\d+) (0x[\da-fA-F]+|[\da-fA-F]+) (\d+) (\d+) (.*?) ?(\d+) (\d+) (\S+) (\S+) (\S+)$/;

function parseVerbose(text: string): Verbose | undefined {
  const match = text.length > MAX_VERBOSE ? null : VERBOSE.exec(text.replace(/\s+/g, ' '));
  if (match === null) return undefined;
  const [, version, user, ip, pid, handle, inUse, capacity, project] = match as unknown as string[];
  return {
    version: version!,
    user: user!,
    ip: ip!,
    pid: pid!,
    handle: handle!,
    inUse: inUse!,
    capacity: capacity!,
    project: project!,
  };
}

/** `3 licenses`, `3`, `15->16 licenses`. */
const QUANTITY = /^(?:(\d{1,9}) ?-> ?)?(\d{1,9})(?: licenses?)?$/;
/** `-2 licenses`, `2,000 licenses`. */
const ODD_QUANTITY = /^(\S{0,20}\d\S{0,20}) licenses?$/;
/** `(-4,342:10054 "Connection reset by peer")` at the end: the numbers that name the reason, and what the socket said. */
const CODE = /\((-\d{1,6}(?:,\d{1,6})?)(?::[^()]*(?:\([^()]*\)[^()]*)?)?\)$/;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function blankFrom(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
  return at;
}
