/** SAF-T PT: each invoice is signed with RSA over five fields and the signature before it in its series (Portaria 363/2010). */
import { groupBy } from '../../base/group-by.ts';
import { type JsonObject, type JsonValue, toScalarText } from '../../base/json.ts';
import { fromStrictText } from '../../base/multibase.ts';
import { quote } from '../../base/text-safety.ts';
import type { ChainProtocol, ProtocolBreak, ProtocolContext, ProtocolStreamVerdict } from '../protocol.ts';
import { parsePublicKey } from '../public-key.ts';
import { verifySignature } from '../signature.ts';

type Invoice = {
  record: number;
  number: string;
  /** `FT A` of `FT A/12`, and 12. */
  series: string;
  position: number;
  hash: string;
  /** Everything that is signed but the signature before it; undefined where the total has more than two decimals. */
  signed: string | undefined;
};

/** Invoices of a SAF-T file as JSON, under the names that the schema gives them; other documents under theirs. */
export const safTPt: ChainProtocol = {
  name: 'saf-t-pt',
  signs: ['HashControl'],
  signature: 'rsa-sha1',
  holds: (record) => toInvoice(record, 0) !== undefined,
  judge(records, context) {
    const invoices = records.flatMap(({ json }, index) => toInvoice(json, index) ?? []);
    return [...bySeries(invoices)].map(([series, own]) => judgeSeries(series, own, context));
  },
};

/** Names of number and date, by kind of document. */
const DOCUMENTS = [
  ['InvoiceNo', 'InvoiceDate'],
  ['DocumentNumber', 'MovementDate'],
  ['DocumentNumber', 'WorkDate'],
] as const;

function toInvoice(json: JsonObject, record: number): Invoice | undefined {
  const names = DOCUMENTS.find((pair) => pair.every((name) => typeof json.get(name) === 'string'));
  const [hash, entered] = [json.get('Hash'), json.get('SystemEntryDate')];
  if (names === undefined || typeof hash !== 'string' || typeof entered !== 'string') return undefined;
  const [number, date] = names.map((name) => json.get(name) as string) as [string, string];
  const match = /^(.{1,60})\/(\d{1,15})$/.exec(number);
  if (match === null) return undefined;
  const total = toAmount(totalOf(json));
  return {
    record,
    number,
    series: match[1]!,
    position: Number(match[2]),
    hash,
    signed: total === undefined ? undefined : `${date};${entered};${number};${total};`,
  };
}

function totalOf(json: JsonObject): JsonValue | undefined {
  const totals = json.get('DocumentTotals');
  return typeof totals === 'object' && totals !== null && 'members' in totals
    ? totals.get('GrossTotal')
    : undefined;
}

/** With two decimals, as it is signed; undefined for what is no amount in cents. */
function toAmount(value: JsonValue | undefined): string | undefined {
  const match = /^(-?\d{1,18})(?:\.(\d{1,2})0*)?$/.exec(toScalarText(value) ?? '');
  return match === null ? undefined : `${match[1]}.${(match[2] ?? '').padEnd(2, '0')}`;
}

/** Each series has a chain of its own, in the order of its numbers, however the file is sorted. */
function bySeries(invoices: readonly Invoice[]): Map<string, Invoice[]> {
  const series = groupBy(invoices, (invoice) => invoice.series);
  for (const own of series.values())
    own.sort((left, right) => left.position - right.position || left.record - right.record);
  return series;
}

function judgeSeries(
  series: string,
  invoices: readonly Invoice[],
  { profile, keys }: ProtocolContext,
): ProtocolStreamVerdict {
  const breaks: ProtocolBreak[] = [];
  const unverified = new Map<number, string>();
  const say = (code: ProtocolBreak['code'], { record }: Invoice, message: string, related?: Invoice) =>
    breaks.push({ code, record, message, ...(related && { related: [related.record] }) });
  const [name = ''] = profile.keys;
  const key = Object.hasOwn(keys, name) ? parsePublicKey(keys[name]!, null)?.key : undefined;
  if (key === undefined) {
    say(
      'missing-key',
      invoices[0]!,
      `expected the public key ${quote(name)} of the invoicing program, which was not given`,
    );
    for (const { record } of invoices) unverified.set(record, `key ${name} not given`);
  }
  let before: Invoice | undefined;
  for (const invoice of invoices) {
    const { position, hash, signed, number, record } = invoice;
    const expected = before === undefined ? 1 : before.position + 1;
    const found = `found ${quote(number)}`;
    if (before !== undefined && position === before.position) {
      const same = hash === before.hash && signed === before.signed;
      say(
        same ? 'repeated-record' : 'forked-chain',
        invoice,
        `expected each number once, ${found} again`,
        before,
      );
      continue;
    }
    if (position !== expected) {
      if (before === undefined)
        say(
          'missing-genesis',
          invoice,
          `expected the number 1 of the series first, ${found}: earlier invoices are not in this log`,
        );
      else say('broken-link', invoice, `expected the number ${expected} of the series, ${found}`, before);
      if (before === undefined) unverified.set(record, 'the signature before it is not in this log');
    } else if (signed === undefined)
      say('not-canonicalizable', invoice, 'expected a "GrossTotal" with two decimals, found another form');
    else if (key !== undefined) {
      const signature = fromStrictText(hash, 'base64');
      const message = signed + (before?.hash ?? '');
      if (signature === undefined || !verifySignature('rsa-sha1', key, message, signature))
        say(
          'bad-signature',
          invoice,
          `expected an RSA signature under the key ${quote(name)}, found ${quote(hash)}, which does not hold`,
          before,
        );
    }
    before = invoice;
  }
  return {
    stream: series,
    records: invoices.map(({ record }) => record).sort((left, right) => left - right),
    breaks,
    unverified,
    ...(before !== undefined && { head: before.hash }),
    limits: [
      'invoices cut off at the end of a series leave no trace: compare its last number',
      'only date, time of entry, number, total and the link are signed: changes elsewhere do not show',
      'SHA-1 no longer resists collisions',
    ],
  };
}
