/** The field names that are known of a log source: those of its mappings, and those that rules ask for. */
import { appliesTo } from '../match/logsource.ts';
import { requiredFields } from '../match/required-fields.ts';
import type { Detection, Logsource } from '../model/rule.ts';
import type { Mapping } from '../sources/mapping.ts';

/** `titleOf`: of whom a name is. No source is known to have no other field. */
export type KnownFields = { names: ReadonlySet<string>; titleOf(name: string): string };

/** Undefined where the logsource names nobody that is known. */
export function knownFields(
  logsource: Logsource,
  mappings: readonly Mapping[],
  detections: readonly Detection[],
): KnownFields | undefined {
  if (Object.keys(logsource).length === 0) return undefined;
  const sources = mappings.filter((mapping) => appliesTo({ logsource }, mapping.logsource));
  if (sources.length === 0) return undefined;
  const mapped = sources.map((mapping) => ({ title: mapping.title, names: namesOf(mapping) }));
  const names = new Set(mapped.flatMap((source) => source.names));
  for (const detection of detections) {
    if (Object.keys(detection.logsource).length === 0) continue;
    if (!sources.some((mapping) => appliesTo(detection, mapping.logsource))) continue;
    for (const { taxonomy, name } of requiredFields(detection)) if (taxonomy === 'raw') names.add(name);
  }
  const titleOf = (name: string) => {
    const having = mapped.filter((source) => source.names.includes(name));
    return (having.length > 0 ? having : mapped).map(({ title }) => title).join(' or ');
  };
  return { names, titleOf };
}

/** As rules name them: paths in full, and without the object that rules leave out. */
function namesOf({ paths, aliases, within }: Mapping): string[] {
  const whole = [...paths, ...Object.values(aliases).flat()];
  const short = whole.flatMap((path) =>
    within.flatMap((prefix) => (path.startsWith(`${prefix}.`) ? [path.slice(prefix.length + 1)] : [])),
  );
  return [...whole, ...short, ...Object.keys(aliases)];
}
