/** Why a search ended without a profile, or with one that does not recompute everything: what was tried, and what is likely. */
import { count, formatNumber, quote } from '../../base/text-safety.ts';
import type { Inference } from './infer-profile.ts';

/** Nothing where a profile recomputes every hash. */
export function whyNot(
  { chain, document, recomputed, known, tried, families }: Inference,
  records: number,
  keys: Readonly<Record<string, unknown>>,
): string[] {
  if (document !== undefined) {
    if (recomputed === known) return [];
    return [
      `${formatNumber(known - recomputed)} of ${formatNumber(known)} hashes do not recompute: records altered since, a second form, or a field that these records have in two ways`,
    ];
  }
  if (chain === undefined)
    return [
      `no field of ${count(records, 'record')} holds the hash of another record, and none has the form of one in every record`,
      'a chain needs the hash of the record before in each record: look at another export of the log, or at the file beside it',
    ];
  const { members, held } = chain;
  const lines = [
    members.previous === null
      ? `the field ${quote(members.own!)} has the form of a hash; no field names the record before`
      : held === null
        ? `the field ${quote(members.previous ?? '')} may name the record before; no link can be seen where records carry no hash of their own`
        : `the links hold: ${quote(members.previous ?? '')} names ${quote(members.own!)} of another record in ${formatNumber(held)} of ${count(records, 'record')}`,
    `${count(tried, 'pre-image')} tried, none has the hash:`,
    ...families.map(
      ({ family, tried: amount, cut }) =>
        `  ${formatNumber(amount)} of ${quote(family)}${cut ? ' (the budget ended it: --budget raises it)' : ''}`,
    ),
  ];
  return [
    ...lines,
    `most likely: ${likelyReason(
      held,
      families.some(({ cut }) => cut),
      Object.keys(keys).length > 0,
    )}`,
  ];
}

function likelyReason(held: number | null, cut: boolean, keyed: boolean): string {
  if (held === null) return 'the field holds no hash of records: an id, a token or a signature';
  if (!keyed)
    return 'the hashes are made with a key (HMAC): give it by --key-file or --key-env, or under "keys" of audit-check.yaml';
  if (cut)
    return 'more fields than could be tried in every order: raise --budget, or ask the writer of the log which fields it hashes';
  return 'the writer hashes values in another form than it stores, such as times of higher precision: ask it for its pre-image';
}
