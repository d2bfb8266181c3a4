/** Use that no license of the contract covers: another feature, a tier above, a version or environment beyond what was bought. */
import { compileGlob } from '../../base/glob.ts';
import type { Instant } from '../../base/instant.ts';
import { formatInstant } from '../../base/instant.ts';
import { formatNumber, quote } from '../../base/text-safety.ts';
import type { FieldRef, Mark } from '../../model/mark.ts';
import type { Place } from '../../model/place.ts';
import { type Judgement, MAX_RELATED, type Relation } from '../../model/relation.ts';
import type { Contract } from '../contract/contract.ts';
import { compilePeople, EXCLUDED } from '../contract/people.ts';
import { compileEnvironments, isVersionCovered } from '../contract/versions.ts';
import { eachValue, type SeveralMeanings } from '../use/several-values.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';

/** Features reported one by one; a log that makes up more has them summed up in one finding. */
const MAX_FEATURES = 100;

/** The step of marks that are of assignments. */
const ASSIGNED = 1;

type Episode = {
  what: string;
  isAssigned: boolean;
  count: number;
  first: Instant | undefined;
  places: Place[];
  people: Set<string>;
  identity: string;
};

type Concept = 'features' | 'version' | 'people' | 'assignees' | 'environment' | 'meters';

/** Each feature must be covered, and each in every version and environment that the event names. */
const SEVERAL: SeveralMeanings<Concept> = {
  each: new Set<Concept>(['features', 'version', 'people', 'assignees', 'environment', 'meters']),
  kept: new Set(),
  unclear: new Set(),
  quantities: [],
};

/**
 * Gets the marks of use with a feature; whether a license covers it is judged here where versions decide. `detections`: of use,
 * and of assignments where those count.
 */
export function uncoveredUse(contract: Contract, detections: readonly string[]): Relation {
  const { fields, people } = contract;
  const values: FieldRef[] = [];
  const column = (refs: readonly FieldRef[]) => refs.map((ref) => values.push(ref) - 1);
  const columns = {
    features: column(fields.feature),
    version: column(fields.version),
    people: column(people.key),
    assignees: column(fields.assignee),
    environment: column(fields.environment),
    meters: column(fields.meter),
  };
  const read = (concept: Concept, mark: Mark) =>
    columns[concept].flatMap((index) => mark.values[index] || []);
  const toPerson = compilePeople(people);
  const covers = contract.licenses.map(({ covers: each }) => ({
    covers: each,
    features: each.features.map((feature) => compileGlob(feature.toLowerCase())),
    meters: each.meters.map((meter) => compileGlob(meter.toLowerCase())),
    isEnvironmentCovered: compileEnvironments(each.environments),
  }));
  const tierOf = compileTierWords(contract);
  const describe = (mark: Mark): { what: string; person: string } | undefined => {
    const features = read('features', mark);
    const meters = read('meters', mark);
    const [version] = read('version', mark);
    const [environment] = read('environment', mark);
    const [name] = [...(mark.step === ASSIGNED ? read('assignees', mark) : []), ...read('people', mark)];
    const person = name === undefined ? 'nobody named' : toPerson(name, mark.time);
    if (person === EXCLUDED) return undefined;
    const known = covers.filter((each) => holdsAny(each.features, features) || holdsAny(each.meters, meters));
    const inVersion = known.filter((each) => isVersionCovered(version, each.covers.version));
    if (inVersion.some((each) => each.isEnvironmentCovered(environment))) return undefined;
    const [feature] = features;
    const what = feature === undefined ? `meter ${quote(meters[0] ?? '')}` : `feature ${quote(feature)}`;
    if (known.length === 0) return { what: `${what}${feature === undefined ? '' : tierOf(feature)}`, person };
    const bound =
      inVersion.length === 0 ? `version ${quote(version ?? '')}` : `environment ${quote(environment ?? '')}`;
    return { what: `${what} in ${bound}`, person };
  };
  return {
    inputs: detections.map((detection) => ({ detection, groupBy: [], values, takesSeveral: true })),
    *judge(_, all) {
      const episodes = new Map<string, Episode>();
      for (const mark of all) {
        const { several } = mark;
        const marks = several && eachValue(mark, several, columns, SEVERAL);
        for (const each of marks ?? [mark]) {
          const use = describe(each);
          if (use === undefined) continue;
          const isKnown = episodes.has(keyOf(use.what, each)) || episodes.size < MAX_FEATURES;
          extend(episodes, isKnown ? use.what : 'further features', each, use.person);
        }
      }
      for (const episode of episodes.values()) yield toJudgement(contract, episode);
    },
  };
}

function holdsAny(globs: readonly ((text: string) => boolean)[], names: readonly string[]): boolean {
  return names.some((name) => globs.some((holds) => holds(name.toLowerCase())));
}

/** ` of tier "enterprise" (licensed: "pro")`, where some tier entitles to a feature that no license covers. */
function compileTierWords({ tiers, licenses }: Contract): (feature: string) => string {
  const licensed = [...new Set(licenses.flatMap(({ covers }) => covers.tier ?? []))].map(quote).join(', ');
  const globs = tiers.flatMap(({ tier, own }) =>
    own.map((glob) => ({ tier, holds: compileGlob(glob.toLowerCase()) })),
  );
  return (feature) => {
    const above = globs.find(({ holds }) => holds(feature.toLowerCase()));
    return above === undefined ? '' : ` of tier ${quote(above.tier)} (licensed: ${licensed || 'no tier'})`;
  };
}

function keyOf(what: string, { step }: Mark): string {
  return `${step} ${what}`;
}

function extend(episodes: Map<string, Episode>, what: string, mark: Mark, person: string): void {
  const key = keyOf(what, mark);
  const episode = episodes.get(key);
  if (episode === undefined) {
    const { time: first, place, identity } = mark;
    const isAssigned = mark.step === ASSIGNED;
    episodes.set(key, {
      what,
      isAssigned,
      count: 1,
      first,
      places: [place],
      people: new Set([person]),
      identity,
    });
    return;
  }
  episode.count++;
  episode.first ??= mark.time;
  if (episode.places.length <= MAX_RELATED) episode.places.push(mark.place);
  if (episode.people.size < MAX_RELATED) episode.people.add(person);
}

function toJudgement(
  { id }: Contract,
  { what, isAssigned, count: times, first, places, people, identity }: Episode,
): Judgement {
  const since = first === undefined ? '' : `, first at ${formatInstant(first)}`;
  const by = [...people].map(quote).join(', ');
  return {
    verdict: 'violation',
    code: 'unlicensed-use',
    message: `${what} ${isAssigned ? 'assigned' : 'used'} ${times === 1 ? 'once' : `${formatNumber(times)} times`} ${isAssigned ? 'to' : 'by'} ${by}${since}, covered by no license of contract ${quote(id)}`,
    place: places[0]!,
    related: places.slice(1),
    count: times,
    identity: [id, what, identity],
    severity: licenseSeverity('unlicensed-use'),
  };
}
