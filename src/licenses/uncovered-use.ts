/** Use that no license of the contract covers: another feature, or a version beyond what was bought. */
import { compileGlob } from '../base/glob.ts';
import type { Instant } from '../base/instant.ts';
import { formatInstant } from '../base/instant.ts';
import { formatNumber, quote } from '../base/text-safety.ts';
import type { FieldRef, Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import { type Judgement, MAX_RELATED, type Relation } from '../model/relation.ts';
import type { Contract } from './contract.ts';
import { licenseSeverity } from './license-findings.ts';
import { compilePeople, EXCLUDED } from './people.ts';
import { isVersionCovered } from './versions.ts';

/** Features reported one by one; a log that makes up more has them summed up in one finding. */
const MAX_FEATURES = 100;

type Episode = {
  count: number;
  first: Instant | undefined;
  places: Place[];
  people: Set<string>;
  identity: string;
};

/** Gets the marks of use with a feature; whether a license covers it is judged here where versions decide. */
export function uncoveredUse(contract: Contract, detection: string): Relation {
  const { fields, people, licenses } = contract;
  const values: FieldRef[] = [...fields.feature, ...fields.version, ...people.key];
  const toPerson = compilePeople(people);
  const covers = licenses.flatMap(({ covers: { features, version } }) =>
    features.map((feature) => ({ holds: compileGlob(feature.toLowerCase()), version })),
  );
  const column = (mark: Mark, from: number, length: number) =>
    mark.values.slice(from, from + length).filter((value) => value !== undefined && value !== '') as string[];
  const describe = (mark: Mark): { what: string; person: string } | undefined => {
    const features = column(mark, 0, fields.feature.length);
    const [version] = column(mark, fields.feature.length, fields.version.length);
    const [name] = column(mark, fields.feature.length + fields.version.length, people.key.length);
    const person = name === undefined ? 'nobody named' : toPerson(name, mark.time);
    if (person === EXCLUDED) return undefined;
    const known = covers.filter(({ holds }) => features.some((feature) => holds(feature.toLowerCase())));
    if (known.some((each) => isVersionCovered(version, each.version))) return undefined;
    const feature = `feature ${quote(features[0] ?? '')}`;
    return {
      what: known.length === 0 || version === undefined ? feature : `${feature} in version ${quote(version)}`,
      person,
    };
  };
  return {
    inputs: [{ detection, groupBy: [], values }],
    *judge(_, marks) {
      const episodes = new Map<string, Episode>();
      for (const mark of marks) {
        const use = describe(mark);
        if (use === undefined) continue;
        const what = episodes.has(use.what) || episodes.size < MAX_FEATURES ? use.what : 'further features';
        extend(episodes, what, mark, use.person);
      }
      for (const [what, episode] of episodes) yield toJudgement(contract, what, episode);
    },
  };
}

function extend(episodes: Map<string, Episode>, what: string, mark: Mark, person: string): void {
  const episode = episodes.get(what);
  if (episode === undefined) {
    const { time: first, place, identity } = mark;
    episodes.set(what, { count: 1, first, places: [place], people: new Set([person]), identity });
    return;
  }
  episode.count++;
  episode.first ??= mark.time;
  if (episode.places.length <= MAX_RELATED) episode.places.push(mark.place);
  if (episode.people.size < MAX_RELATED) episode.people.add(person);
}

function toJudgement(
  { id }: Contract,
  what: string,
  { count: times, first, places, people, identity }: Episode,
): Judgement {
  const since = first === undefined ? '' : `, first at ${formatInstant(first)}`;
  const by = [...people].map(quote).join(', ');
  return {
    verdict: 'violation',
    code: 'unlicensed-use',
    message: `${what} used ${times === 1 ? 'once' : `${formatNumber(times)} times`} by ${by}${since}, covered by no license of contract ${quote(id)}`,
    place: places[0]!,
    related: places.slice(1),
    count: times,
    identity: [id, what, identity],
    severity: licenseSeverity('unlicensed-use'),
  };
}
