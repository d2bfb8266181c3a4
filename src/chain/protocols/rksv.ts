/** RKSV: the receipts of Austrian cash registers, JWS that name each other by 8 bytes of SHA-256 (BGBl. II 410/2015, Z 4 and 5). */
import crypto, { type KeyObject } from 'node:crypto';
import { groupBy } from '../../base/group-by.ts';
import { JsonArray, JsonObject } from '../../base/json.ts';
import { fromStrictText } from '../../base/multibase.ts';
import { count, quote } from '../../base/text-safety.ts';
import type { ChainProtocol, ProtocolBreak, ProtocolContext, ProtocolStreamVerdict } from '../protocol.ts';
import { parsePublicKey } from '../public-key.ts';
import { verifySignature } from '../signature.ts';

/** One export (DEP) is one record, which holds all receipts: findings name the receipt. */
export const rksv: ChainProtocol = {
  name: 'rksv',
  signs: ['Belege-Gruppe'],
  signature: 'ecdsa-p256',
  holds: (record) => record.get('Belege-Gruppe') instanceof JsonArray,
  judge(records, context) {
    return records.map(({ json, place }, index) =>
      new ReceiptJournal(index, place.file, context).judge(json.get('Belege-Gruppe') as JsonArray),
    );
  },
};

type Receipt = {
  /** Where it stands in the export: group and position, both from 1. */
  at: string;
  text: string;
  register: string;
  number: string;
  /** First 8 bytes of the hash of the receipt before it, in base64. */
  previous: string;
  signature: string;
};

/** Base64url of what stands in place of a signature while the signing device does not work. */
const OUT_OF_ORDER = Buffer.from('Sicherheitseinrichtung ausgefallen').toString('base64url');

/** Each of these is a finding of its own; a journal with more of them is broken as a whole. */
const MAX_LISTED = 100;

class ReceiptJournal {
  private readonly breaks: ProtocolBreak[] = [];
  private readonly record: number;
  private readonly file: string;
  private readonly keyName: string;
  private readonly key: KeyObject | undefined;
  private outOfOrder = 0;
  /** Receipts without a signature that no signed one follows. */
  private open = 0;
  private unlisted = 0;

  constructor(record: number, file: string, { profile, keys }: ProtocolContext) {
    this.record = record;
    this.file = file;
    this.keyName = profile.keys[0] ?? '';
    this.key = Object.hasOwn(keys, this.keyName)
      ? parsePublicKey(keys[this.keyName]!, 'p256')?.key
      : undefined;
  }

  judge(groups: JsonArray): ProtocolStreamVerdict {
    const receipts = groups.elements.flatMap((group, index) => this.receiptsOf(group, index + 1));
    if (this.key === undefined) {
      const message = `expected the public key ${quote(this.keyName)} of the signing device, which was not given: the certificate in the export vouches for nothing`;
      this.say('missing-key', message, '');
    }
    for (const own of groupBy(receipts, ({ register }) => register).values()) this.judgeRegister(own);
    if (receipts.length === 0) this.say('stripped-hash', 'expected receipts, found none', 'empty');
    if (this.unlisted > 0)
      this.say(
        'too-many-breaks',
        `expected receipts without breaks, found ${count(this.unlisted, 'further break')}, not listed`,
        'more',
      );
    const last = receipts.at(-1);
    const reason =
      this.key === undefined
        ? `key ${this.keyName} not given`
        : this.open > 0
          ? 'no signature vouches for its last receipts'
          : undefined;
    const unverified = reason === undefined ? undefined : new Map([[this.record, reason]]);
    return {
      stream: this.file,
      records: [this.record],
      breaks: this.breaks,
      ...(unverified && { unverified }),
      ...(last !== undefined && { head: linkOf(last.text) }),
      limits: [
        `one record holds ${count(receipts.length, 'receipt')}: it is broken as a whole where one of them is`,
        'receipts cut off at the end leave no trace: compare the last one with the register',
        'the links are 8 bytes long: who can try 2^64 times finds another receipt for one',
        ...(this.outOfOrder === 0
          ? []
          : [`${count(this.outOfOrder, 'receipt')} not signed: the signing device was out of order`]),
      ],
    };
  }

  private receiptsOf(group: unknown, groupNumber: number): Receipt[] {
    const list = group instanceof JsonObject ? group.get('Belege-kompakt') : undefined;
    if (!(list instanceof JsonArray)) {
      this.say(
        'stripped-hash',
        `expected "Belege-kompakt" in group ${groupNumber}, found none`,
        String(groupNumber),
      );
      return [];
    }
    return list.elements.flatMap((text, index): Receipt[] => {
      const at = `${groupNumber}.${index + 1}`;
      const receipt = typeof text === 'string' ? toReceipt(text, at) : undefined;
      if (receipt !== undefined) return [receipt];
      this.say(
        'not-canonicalizable',
        `expected a receipt in compact JWS form at ${at}, found another form`,
        at,
      );
      return [];
    });
  }

  /** Links are followed wherever the receipts stand: groups are by certificate, not by time. */
  private judgeRegister(receipts: readonly Receipt[]): void {
    const { register } = receipts[0]!;
    const begin = linkOf(register);
    const known = new Set(receipts.map(({ text }) => linkOf(text)));
    const successors = new Map<string, Receipt>();
    for (const receipt of receipts) {
      const { previous, number, text } = receipt;
      const named = `receipt ${quote(number)} of ${quote(register)}`;
      const first = successors.get(previous);
      if (first === undefined) successors.set(previous, receipt);
      if (first?.text === text)
        this.say('repeated-record', `expected each receipt once, found ${named} again`, text);
      else if (first !== undefined)
        this.say(
          previous === begin ? 'second-genesis' : 'forked-chain',
          `expected one successor of the receipt ${quote(previous)}, found ${named} beside ${quote(first.number)}`,
          text,
        );
      else if (previous !== begin && !known.has(previous))
        this.say(
          'broken-link',
          `expected a receipt before ${named} whose hash begins with ${quote(previous)}, found none`,
          text,
        );
      this.judgeSignature(receipt, named);
    }
    this.judgeOpenEnd(register, receipts);
    if (!successors.has(begin))
      this.say(
        'missing-genesis',
        `expected the first receipt of ${quote(register)}, found none: earlier receipts are not in this export`,
        register,
      );
  }

  /** Anyone can write a receipt without a signature: until a signed one names it, nothing tells who did. */
  private judgeOpenEnd(register: string, receipts: readonly Receipt[]): void {
    const byLink = new Map(receipts.map((receipt) => [linkOf(receipt.text), receipt]));
    const vouched = new Set<Receipt>();
    for (const signed of receipts) {
      if (signed.signature === OUT_OF_ORDER) continue;
      let before = byLink.get(signed.previous);
      while (before?.signature === OUT_OF_ORDER && !vouched.has(before)) {
        vouched.add(before);
        before = byLink.get(before.previous);
      }
    }
    const open = receipts.filter(
      (receipt) => receipt.signature === OUT_OF_ORDER && !vouched.has(receipt),
    ).length;
    if (open === 0) return;
    this.open += open;
    this.say(
      'missing-end',
      `expected a signed receipt of ${quote(register)} behind those made while the signing device was out of order, found none behind the last ${count(open, 'receipt')}`,
      register,
    );
  }

  private judgeSignature({ text, signature }: Receipt, named: string): void {
    if (signature === OUT_OF_ORDER) {
      this.outOfOrder++;
      return;
    }
    if (this.key === undefined) return;
    const bytes = fromStrictText(signature, 'base64url');
    const message = text.slice(0, text.lastIndexOf('.'));
    if (bytes === undefined || !verifySignature('ecdsa-p256', this.key, message, bytes))
      this.say(
        'bad-signature',
        `expected an ES256 signature of ${named} under the key ${quote(this.keyName)}, found ${quote(signature)}, which does not hold`,
        text,
      );
  }

  private say(code: ProtocolBreak['code'], message: string, identity: string): void {
    if (this.breaks.length >= MAX_LISTED && code !== 'too-many-breaks') this.unlisted++;
    else this.breaks.push({ code, record: this.record, message, identity });
  }
}

/** "Sig-Voriger-Beleg": 8 bytes of the hash of the receipt before as a whole; of the first, of the register's name. */
function linkOf(text: string): string {
  return crypto.createHash('sha256').update(text).digest().subarray(0, 8).toString('base64');
}

/** `_R1-AT1_REGISTER_NUMBER_TIME_five amounts_TURNOVER_CERTIFICATE_PREVIOUS` in the payload of a JWS. */
function toReceipt(text: string, at: string): Receipt | undefined {
  const [header, payload, signature, ...more] = text.split('.');
  const bytes = fromStrictText(payload ?? '', 'base64url');
  if (header === undefined || bytes === undefined || signature === undefined || more.length > 0)
    return undefined;
  const fields = Buffer.from(bytes).toString().split('_');
  const [empty, suite, register, number] = fields;
  if (fields.length !== 13 || empty !== '' || suite === undefined || !/^R1-/.test(suite)) return undefined;
  if (header !== ES256) return undefined;
  return { at, text, register: register!, number: number!, previous: fields[12]!, signature };
}

/** The only header there is: `{"alg":"ES256"}`. */
const ES256 = Buffer.from('{"alg":"ES256"}').toString('base64url');
