/** The limits of GitHub, held against a finished log: what is over one is refused as a whole, or lost without a word. */
import type { Log, Result } from 'sarif';
import { count, formatNumber } from '../../base/text-safety.ts';

const MAX_RULES = 25_000;
const MAX_LOCATIONS = 1_000;
const MAX_TAGS = 10;
const MAX_RESULTS = 25_000;
const MAX_SHOWN = 5_000;
const MAX_PACKED = 10_000_000;

/** `packed` in bytes. Nothing for a log that GitHub takes and shows whole. */
export function findExcess({ runs }: Log, packed: number): string[] {
  const excess: string[] = [];
  const check = (amount: number, limit: number, one: string, many?: string) => {
    if (amount > limit) excess.push(`${count(amount, one, many)}, expected at most ${formatNumber(limit)}`);
  };
  check(runs.length, 20, 'run');
  check(packed, MAX_PACKED, 'byte');
  for (const { results = [], tool } of runs) {
    const rules = tool.driver.rules ?? [];
    check(results.length, MAX_RESULTS, 'result');
    check(results.length, MAX_SHOWN, 'result that GitHub shows', 'results that GitHub shows');
    check(rules.length, MAX_RULES, 'rule');
    check(Math.max(0, ...rules.map(({ properties }) => properties?.tags?.length ?? 0)), MAX_TAGS, 'tag');
    check(most(results, locationsOf), MAX_LOCATIONS, 'location');
    const homeless = results.filter(({ locations }) => !hasFile(locations)).length;
    check(homeless, 0, 'result without a file', 'results without a file');
  }
  return excess;
}

function most(results: readonly Result[], measure: (result: Result) => number): number {
  return results.reduce((largest, result) => Math.max(largest, measure(result)), 0);
}

function locationsOf({ locations = [], relatedLocations = [] }: Result): number {
  return Math.max(locations.length, relatedLocations.length);
}

function hasFile(locations: Result['locations']): boolean {
  const { artifactLocation, region } = locations?.[0]?.physicalLocation ?? {};
  return (artifactLocation?.uri ?? '') !== '' && (region?.startLine ?? 0) >= 1;
}
