/** Trust policies: which logs and which witnesses have to have signed a checkpoint (c2sp.org/tlog-policy). */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';
import { KeyFault, parseVerifierKey, type VerifierKey } from './note-key.ts';
import type { Signed } from './signed-note.ts';

/** Thirty-two of each have to be supported; groups within groups are judged by recursion. */
const MAX_LINES = 2000;

export type Witnessing =
  | { kind: 'witness'; name: string; key: VerifierKey }
  | { kind: 'group'; name: string; threshold: number; members: Witnessing[] };

/** `quorum` undefined: no cosignature is asked for. */
export type TlogPolicy = { logs: VerifierKey[]; witnesses: VerifierKey[]; quorum: Witnessing | undefined };

/** Every mistake is added to `problems`; the policy is undefined where there is one. */
export function parseTlogPolicy(
  file: string,
  bytes: Uint8Array,
  problems: Problem[],
): TlogPolicy | undefined {
  const before = problems.length;
  const reader = new PolicyReader((line, column, message) => problems.push({ file, line, column, message }));
  // Octets, not characters: two names are one only where their bytes are.
  const text = Buffer.from(bytes).toString('latin1');
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) {
    problems.push({ file, line: MAX_LINES, column: 1, message: `expected at most ${MAX_LINES} lines` });
    return undefined;
  }
  for (const [at, line] of lines.entries()) reader.line(line, at + 1);
  reader.end(lines.length);
  if (problems.length > before) return undefined;
  return { logs: reader.logs, witnesses: reader.witnesses, quorum: reader.quorum };
}

type Word = { text: string; column: number };

class PolicyReader {
  readonly logs: VerifierKey[] = [];
  readonly witnesses: VerifierKey[] = [];
  quorum: Witnessing | undefined;
  private quorumLine = 0;
  private lineNumber = 0;
  private readonly named = new Map<string, Witnessing>();
  private readonly grouped = new Set<string>();
  private readonly report: (line: number, column: number, message: string) => void;

  constructor(report: (line: number, column: number, message: string) => void) {
    this.report = report;
  }

  line(line: string, number: number): void {
    this.lineNumber = number;
    const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.exec(line);
    if (control !== null) {
      this.report(number, control.index + 1, `expected no control character, found ${quote(control[0])}`);
      return;
    }
    const words = [...line.matchAll(/[^ \t]+/g)].map((word) => ({ text: word[0], column: word.index + 1 }));
    const [first, ...rest] = words;
    if (first === undefined || first.text.startsWith('#')) return;
    const read = { log: this.log, witness: this.witness, group: this.group, quorum: this.quorumOf };
    if (!Object.hasOwn(read, first.text)) {
      const known = Object.keys(read);
      this.wrong(first, `expected ${known.join(', ')}, found ${show(first)}${didYouMean(first.text, known)}`);
      return;
    }
    read[first.text as keyof typeof read].call(this, first, rest);
  }

  end(lines: number): void {
    if (this.quorumLine === 0) this.report(lines, 1, 'expected a line "quorum NAME", or "quorum none"');
  }

  private log(keyword: Word, [key, _url, ...extra]: Word[]): void {
    if (key === undefined) {
      this.wrong(keyword, 'expected "log VKEY [URL]"');
      return;
    }
    this.noMore(extra);
    const parsed = this.key(key, 'log');
    if (parsed !== undefined && this.isNew(parsed, this.logs, key)) this.logs.push(parsed);
  }

  private witness(keyword: Word, [name, key, _url, ...extra]: Word[]): void {
    if (name === undefined || key === undefined) {
      this.wrong(keyword, 'expected "witness NAME VKEY [URL]"');
      return;
    }
    this.noMore(extra);
    const parsed = this.key(key, 'witness');
    if (parsed === undefined || !this.isNew(parsed, this.witnesses, key)) return;
    this.witnesses.push(parsed);
    this.define(name, { kind: 'witness', name: name.text, key: parsed });
  }

  private group(keyword: Word, [name, threshold, ...names]: Word[]): void {
    if (name === undefined || threshold === undefined || names.length === 0) {
      this.wrong(keyword, 'expected "group NAME all|any|NUMBER NAME…"');
      return;
    }
    const members = names.flatMap((member) => this.member(member) ?? []);
    const least =
      threshold.text === 'any' ? 1 : threshold.text === 'all' ? names.length : Number(threshold.text);
    if (!/^(?:any|all|[1-9]\d{0,5})$/.test(threshold.text) || least > names.length)
      this.wrong(
        threshold,
        `expected "all", "any" or a number from 1 to ${names.length}, found ${show(threshold)}`,
      );
    this.define(name, { kind: 'group', name: name.text, threshold: least, members });
  }

  private quorumOf(keyword: Word, [name, ...extra]: Word[]): void {
    if (name === undefined) {
      this.wrong(keyword, 'expected "quorum NAME", or "quorum none"');
      return;
    }
    this.noMore(extra);
    if (this.quorumLine > 0)
      this.wrong(keyword, `expected one quorum, found another on line ${this.quorumLine}`);
    this.quorumLine = this.lineNumber;
    if (name.text !== 'none') this.quorum = this.known(name);
  }

  private member(name: Word): Witnessing | undefined {
    if (this.grouped.has(name.text)) {
      this.wrong(name, `expected ${show(name)} in one group only, found it in another`);
      return undefined;
    }
    this.grouped.add(name.text);
    return this.known(name);
  }

  private known(name: Word): Witnessing | undefined {
    const found = this.named.get(name.text);
    if (found === undefined)
      this.wrong(
        name,
        `expected a witness or group of a line above, found ${show(name)}${didYouMean(name.text, [...this.named.keys()])}`,
      );
    return found;
  }

  private define(name: Word, what: Witnessing): void {
    if (name.text === 'none' || this.named.has(name.text))
      this.wrong(name, `expected a name that is not taken, found ${show(name)}`);
    else this.named.set(name.text, what);
  }

  private key(word: Word, role: 'log' | 'witness'): VerifierKey | undefined {
    try {
      const key = parseVerifierKey(Buffer.from(word.text, 'latin1').toString());
      if (role === 'witness' && key.kind !== 'cosignature')
        this.wrong(word, `expected the key of a witness (type 04), found one of kind ${key.kind}`);
      return key;
    } catch (error) {
      if (!(error instanceof KeyFault)) throw error;
      this.wrong(word, error.message);
      return undefined;
    }
  }

  private isNew(key: VerifierKey, known: readonly VerifierKey[], word: Word): boolean {
    const twin = known.find(({ material }) => Buffer.compare(material, key.material) === 0);
    if (twin !== undefined)
      this.wrong(word, `expected each key once, found that of ${quote(twin.name)} again`);
    return twin === undefined;
  }

  private noMore([extra]: Word[]): void {
    if (extra !== undefined) this.wrong(extra, `expected the end of the line, found ${show(extra)}`);
  }

  private wrong({ column }: Word, message: string): void {
    this.report(this.lineNumber, column, message);
  }
}

function show({ text }: Word): string {
  return quote(Buffer.from(text, 'latin1').toString());
}

/** What is missing for the policy to hold, in words; empty when it holds. `signed`: by whom the checkpoint verifiably is. */
export function policyGaps(policy: TlogPolicy, origin: string, signed: readonly Signed[]): string[] {
  const has = (key: VerifierKey) => signed.some((one) => one.key.text === key.text);
  const gaps: string[] = [];
  // A log's key vouches for that log alone, whatever text it was made to sign.
  if (policy.logs.length > 0 && !policy.logs.some((key) => key.name === origin && has(key)))
    gaps.push(
      `none of the ${policy.logs.length} logs of the policy signed it under the name ${quote(origin)}`,
    );
  if (policy.quorum !== undefined && !witnesses(policy.quorum, has))
    gaps.push(describeGap(policy.quorum, has));
  return gaps;
}

function witnesses(what: Witnessing, has: (key: VerifierKey) => boolean): boolean {
  if (what.kind === 'witness') return has(what.key);
  return what.members.filter((member) => witnesses(member, has)).length >= what.threshold;
}

function describeGap(what: Witnessing, has: (key: VerifierKey) => boolean): string {
  if (what.kind === 'witness') return `witness ${quote(what.name)} did not cosign it`;
  const found = what.members.filter((member) => witnesses(member, has)).length;
  return `group ${quote(what.name)}: expected ${what.threshold} of ${what.members.length} members to cosign, found ${found}`;
}
