/** Use that a clause cannot judge, for its events do not say what the clause asks about: one doubt for all of it. */
import { count as counted, quote } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { License } from '../contract/contract.ts';
import type { LicenseCode } from '../verdict/license-findings.ts';

/** What events lack, in words: `3 events of use name no device`. */
const LACK_WORDS = {
  country: ['names no country', 'name no country'],
  device: ['names no device', 'name no device'],
  person: ['names nobody', 'name nobody'],
  time: ['has no readable time', 'have no readable time'],
  arrival: ['does not say when it arrived', 'do not say when they arrived'],
  feature: [
    'names no feature and may be use of this license',
    'name no feature and may be use of this license',
  ],
  name: ['goes on under a name that changed hands', 'go on under names that changed hands'],
  session: ['repeats an open session from another device', 'repeat an open session from another device'],
  begin: ['has no check-out, so its session may be as old as the log', 'have no check-out'],
} as const;

export type Lack = keyof typeof LACK_WORDS;

export class UnsaidUse {
  private readonly license: License;
  private readonly counts = new Map<Lack, number>();
  private readonly places: Place[] = [];

  constructor(license: License) {
    this.license = license;
  }

  note(lack: Lack, { place }: { place: Place }): void {
    this.counts.set(lack, (this.counts.get(lack) ?? 0) + 1);
    if (this.places.length <= MAX_RELATED) this.places.push(place);
  }

  /** `clause` tells the doubts of a license apart; `expected`: what the clause asks, in words. */
  *finish(code: LicenseCode, clause: string, expected: string): Generator<Judgement> {
    const [place, ...related] = this.places;
    if (place === undefined) return;
    const { id } = this.license;
    const lacks = [...this.counts].map(([lack, number]) => {
      const [one, many] = LACK_WORDS[lack];
      return `${counted(number, 'event')} of use ${number === 1 ? one : many}`;
    });
    yield {
      verdict: 'undetermined',
      code,
      message: `license ${quote(id)}: ${lacks.join('; ')}, expected ${expected}`,
      place,
      related,
      count: [...this.counts.values()].reduce((sum, number) => sum + number, 0),
      subject: id,
      identity: [id, clause, ''],
      severity: 'informational',
    };
  }
}
