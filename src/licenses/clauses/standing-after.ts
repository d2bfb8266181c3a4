/** What a license was held by when its term was over, and went on: assignments that nobody revoked, gauges that were not read again. */
import { count, quote } from '../../base/text-safety.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { License } from '../contract/contract.ts';
import type { Standing, Witness } from '../measures/measure-fold.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';

/** `ended`: since when and why it ought to be over. */
export function* standingAfter(license: License, standing: Standing, ended: string): Generator<Judgement> {
  const { certain, possible } = standing;
  const isAssigned = license.measure.count.what === 'assigned';
  if (certain.length > 0) {
    const words = `still assigned to ${holders(certain)}, although ${ended}`;
    yield { ...judgement(license, certain, words), verdict: 'violation' };
  }
  if (possible.length === 0) return;
  const many = isAssigned
    ? `${count(possible.length, 'assignment')} may have gone on`
    : `${count(possible.length, 'gauge was', 'gauges were')} not read again and may have gone on`;
  yield {
    ...judgement(license, possible, `${many}, although ${ended}`),
    verdict: 'undetermined',
    severity: licenseSeverity('license-undetermined'),
  };
}

function judgement(
  { id }: License,
  witnesses: readonly Witness[],
  words: string,
): Omit<Judgement, 'verdict'> {
  const [place, ...related] = witnesses.map((witness) => witness.place);
  return {
    code: 'use-after-expiry',
    message: `license ${quote(id)}: ${words}`,
    place: place!,
    related: related.slice(0, MAX_RELATED),
    count: witnesses.length,
    subject: id,
    identity: [id, 'standing', witnesses[0]!.holder],
    severity: licenseSeverity('use-after-expiry'),
  };
}

function holders(witnesses: readonly Witness[]): string {
  const names = witnesses.slice(0, MAX_RELATED).map(({ holder }) => quote(holder));
  return `${names.join(', ')}${witnesses.length > names.length ? ' and others' : ''}`;
}
