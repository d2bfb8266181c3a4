/** The audit log of Acra in its JSON form: an HMAC over each line and the one before, under a key that changes with each line. */
import crypto from 'node:crypto';
import { NotCanonicalizableError } from '../../base/canonical-json.ts';
import type { JsonObject } from '../../base/json.ts';
import { quote } from '../../base/text-safety.ts';
import { sortMembers, toJsonForm } from '../json-form.ts';
import type { ChainProtocol, ProtocolBreak, ProtocolContext, ProtocolStreamVerdict } from '../protocol.ts';

/** Lines that carry `integrity`; what stands between them without it is found by the chain check itself. */
export const acra: ChainProtocol = {
  name: 'acra',
  signs: ['integrity'],
  holds: (record) => toSealed(record, 0) !== undefined,
  judge(records, context) {
    const lines = records.flatMap(({ json }, index) => toSealed(json, index) ?? []);
    return lines.length === 0 ? [] : [judgeLines(lines, context)];
  },
};

type Sealed = {
  record: number;
  integrity: string;
  /** The first line of a chain says so outside of what is hashed; the last one inside. */
  begins: boolean;
  ends: boolean;
  json: JsonObject;
};

const END_MESSAGE = 'End of current audit log chain';

function toSealed(json: JsonObject, record: number): Sealed | undefined {
  const [integrity, level, msg, chain] = ['integrity', 'level', 'msg', 'chain'].map((key) => json.get(key));
  if (typeof integrity !== 'string' || !/^[0-9a-f]{64}$/.test(integrity)) return undefined;
  if (typeof level !== 'string' || typeof msg !== 'string') return undefined;
  return { record, integrity, begins: chain === 'new', ends: chain === 'end' && msg === END_MESSAGE, json };
}

/** Go's encoding/json of values that were read into interfaces. */
const GO_JSON = { sort: 'code-point', item: ',', key: ':', ascii: false, html: true, numbers: 'go' } as const;

/** Each member between three times the word `delimiter`, in the order of keys. @throws {NotCanonicalizableError} */
function toHashed({ json, begins }: Sealed): string {
  const members = json.members.filter(({ key }) => key !== 'integrity' && !(begins && key === 'chain'));
  const repeated = json.duplicateKeys()[0];
  if (repeated !== undefined)
    throw new NotCanonicalizableError(`the key ${JSON.stringify(repeated)} stands twice`);
  return sortMembers(members, 'code-point')
    .map(({ key, value }) => `delimiter${key}delimiter${toJsonForm(value, GO_JSON)}delimiter`)
    .join('');
}

/** Key and HMAC at one line: neither can be had from the log, so a line that does not fit hides all behind it. */
class Ratchet {
  private readonly first: Uint8Array;
  private key: Uint8Array = Buffer.of();
  private before: Uint8Array = Buffer.of();

  constructor(key: Uint8Array) {
    this.first = sha256(key);
  }

  restart(): void {
    this.key = this.first;
    this.before = Buffer.of();
  }

  fits(line: Sealed): boolean {
    return sha256(this.macOf(line)).toString('hex') === line.integrity;
  }

  /** Whether the line is the next one; the ratchet goes on only when it is. */
  take(line: Sealed): boolean {
    if (!this.fits(line)) return false;
    this.before = this.macOf(line);
    this.key = sha256(this.key);
    return true;
  }

  private macOf(line: Sealed): Buffer {
    return crypto.createHmac('sha256', this.key).update(toHashed(line)).update(this.before).digest();
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return crypto.createHash('sha256').update(bytes).digest();
}

function judgeLines(lines: readonly Sealed[], { profile, keys }: ProtocolContext): ProtocolStreamVerdict {
  const breaks: ProtocolBreak[] = [];
  const unverified = new Map<number, string>();
  const say = (code: ProtocolBreak['code'], { record }: Sealed, message: string, related?: Sealed) =>
    breaks.push({ code, record, message, ...(related && { related: [related.record] }) });
  const [name = ''] = profile.keys;
  const ratchet = Object.hasOwn(keys, name) ? new Ratchet(keys[name]!) : undefined;
  if (ratchet === undefined)
    say('missing-key', lines[0]!, `expected the key ${quote(name)} of the audit log, which was not given`);
  /** Why lines are not looked at until the next chain begins. */
  let lost: string | undefined = ratchet === undefined ? `key ${name} not given` : undefined;
  /** Every chain begins under the same key: a whole one, put in once more, fits. */
  const seen = new Map<string, Sealed>();
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    const known = seen.get(line.integrity);
    if (known === undefined) seen.set(line.integrity, line);
    else
      say(
        'repeated-record',
        line,
        `expected each integrity once, found ${quote(line.integrity)} again`,
        known,
      );
    if (line.begins) {
      if (before !== undefined && !before.ends)
        say(
          'second-genesis',
          line,
          'expected the end of the chain before it, found the beginning of another',
          before,
        );
      ratchet?.restart();
      if (ratchet !== undefined) lost = undefined;
    } else if (before === undefined) {
      say(
        'missing-genesis',
        line,
        'expected the beginning of a chain ("chain": "new"), found a line within one',
      );
      lost ??= 'the beginning of its chain is missing';
    } else if (before.ends)
      say(
        'second-genesis',
        line,
        'expected the beginning of a chain ("chain": "new") after the end of one, found none',
        before,
      );
    if (lost !== undefined || ratchet === undefined) {
      unverified.set(line.record, lost ?? '');
      continue;
    }
    const fault = faultOf(ratchet, line, lines[index + 1]);
    if (fault === undefined) continue;
    say(fault.code, line, fault.message);
    // What was put in takes no part in the chain: it goes on behind it.
    if (fault.code !== 'inserted-record') lost = 'a line before it does not fit its chain';
  }
  const last = lines.at(-1)!;
  if (!last.ends)
    say(
      'missing-end',
      last,
      `expected the end of the chain ("chain": "end"), found ${quote(last.integrity)} as the last line`,
    );
  return {
    stream: profile.name,
    records: lines.map(({ record }) => record),
    breaks,
    unverified,
    head: last.integrity,
    limits: [
      'whoever holds the first key can rewrite the whole log, and it is in the keystore of the server',
      'a whole chain removed leaves no trace: compare the last line with one kept elsewhere',
    ],
  };
}

function faultOf(
  ratchet: Ratchet,
  line: Sealed,
  next: Sealed | undefined,
): Pick<ProtocolBreak, 'code' | 'message'> | undefined {
  try {
    if (ratchet.take(line)) return undefined;
  } catch (error) {
    if (!(error instanceof NotCanonicalizableError)) throw error;
    return {
      code: 'not-canonicalizable',
      message: `expected a line that can be hashed, found that ${error.message}`,
    };
  }
  if (next !== undefined && !next.begins && fits(ratchet, next))
    return {
      code: 'inserted-record',
      message: 'expected the line after it, which follows the one before, found this one in between',
    };
  const message = `expected another integrity, found ${quote(line.integrity)}: the line was altered, or others before it were removed or put in`;
  return { code: 'altered-record', message };
}

function fits(ratchet: Ratchet, line: Sealed): boolean {
  try {
    return ratchet.fits(line);
  } catch (error) {
    if (error instanceof NotCanonicalizableError) return false;
    throw error;
  }
}
