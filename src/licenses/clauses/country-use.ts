/** Use from countries that the contract does not license, by the country that events name. */
import { formatInstant, type Instant } from '../../base/instant.ts';
import { formatNumber, quote } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { Countries, License } from '../contract/contract.ts';
import { isCountry } from '../contract/countries.ts';
import { holderOf, type LicenseUse } from '../use/license-use.ts';
import type { UseWatcher } from '../use/use-watcher.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';
import { BoundedJudgements } from './bounded-judgements.ts';
import { UnsaidUse } from './unsaid-use.ts';

/** A log that makes up countries must not fill the memory. */
const MAX_COUNTRIES = 300;

type Episode = { events: number; first: Instant | undefined; places: Place[]; people: Set<string> };

export class CountryUse implements UseWatcher {
  private readonly license: License;
  private readonly countries: Countries;
  private readonly named: ReadonlySet<string>;
  private readonly outside = new Map<string, Episode>();
  private readonly unsaid: UnsaidUse;

  constructor(license: License, countries: Countries) {
    this.license = license;
    this.countries = countries;
    this.named = new Set(countries.names);
    this.unsaid = new UnsaidUse(license);
  }

  add(use: LicenseUse): void {
    if (use.kind !== 'open' && use.kind !== 'use' && use.kind !== 'upgrade') return;
    const country = use.country?.trim().toUpperCase();
    // The contract names countries by their codes (ISO 3166-1 alpha-2): another name may be any of them.
    const isNamed = country !== undefined && isCountry(country);
    if (isNamed && this.named.has(country) === (this.countries.rule === 'only')) return;
    if (use.featureless) this.unsaid.note('feature', use);
    // An upgrade goes on where its session began.
    else if (!isNamed && use.kind !== 'upgrade') this.unsaid.note('country', use);
    if (use.featureless || !isNamed) return;
    const name =
      this.outside.has(country) || this.outside.size < MAX_COUNTRIES ? country : 'further countries';
    this.outside.set(name, extend(this.outside.get(name), use));
  }

  anytime(use: LicenseUse): void {
    this.add(use);
  }

  *finish(): Generator<Judgement> {
    const { rule, names } = this.countries;
    const expected = rule === 'only' ? `only ${names.join(', ')}` : `none of ${names.join(', ')}`;
    const found = new BoundedJudgements();
    for (const [country, episode] of this.outside) {
      const by = [...episode.people].map(quote).join(', ');
      const since = episode.first === undefined ? '' : `, first at ${formatInstant(episode.first)}`;
      const times = episode.events === 1 ? 'once' : `${formatNumber(episode.events)} times`;
      const text = `used ${times} from ${quote(country)} by ${by}${since}, expected ${expected}`;
      found.add(() => this.judgement(text, country, episode));
    }
    yield* found.finish();
    yield* this.unsaid.finish('country-not-licensed', 'country', expected);
  }

  private judgement(
    text: string,
    country: string,
    { events, places: [place, ...related] }: Episode,
  ): Judgement {
    const { id } = this.license;
    return {
      verdict: 'violation',
      code: 'country-not-licensed',
      message: `license ${quote(id)}: ${text}`,
      place: place!,
      related,
      count: events,
      subject: id,
      identity: [id, 'country', country],
      severity: licenseSeverity('country-not-licensed'),
    };
  }
}

function extend(episode: Episode | undefined, use: LicenseUse): Episode {
  const known = episode ?? { events: 0, first: use.time, places: [], people: new Set<string>() };
  known.events++;
  if (known.places.length <= MAX_RELATED) known.places.push(use.place);
  if (known.people.size < MAX_RELATED) known.people.add(holderOf(use));
  return known;
}
