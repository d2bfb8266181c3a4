/**
 * `audit-check.waivers.yaml`. What is wrong with the file or its policy stops the run; what is wrong with an entry voids the
 * entry, so that one typing mistake neither hides a finding nor keeps anybody from the report.
 */
import { parseDuration } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import { describe, ShapeReader, scalarText } from '../base/yaml-shape.ts';
import { parseYamlDocument, type YamlMap, type YamlMistake } from '../base/yaml-tree.ts';
import { refuseOthers } from '../match/parse-governance.ts';
import type { Problem } from '../model/problem.ts';
import { DAY_NANOS, type Day } from './day.ts';
import { EntryReader } from './entry-reader.ts';
import { SourceLines } from './source-lines.ts';
import type { WaiverEntry, WaiverFile, WaiverPolicy } from './waiver-file.ts';

/** Enough for "vendor fix in May", too much for "ok" and "todo". */
const MIN_REASON = 10;
/** Time for an owner to ask again. */
const REMIND_DAYS = 14;

/** `asOf`: the day on which the entries are judged. */
export function parseWaivers(
  file: string,
  text: string,
  asOf: Day,
): { waivers: WaiverFile | undefined; problems: Problem[] } {
  const { root, problems } = parseYamlDocument(file, text);
  if (problems.length > 0) return { waivers: undefined, problems };
  const mistakes: YamlMistake[] = [];
  if (root !== undefined && root.kind !== 'map') {
    const message = `expected a map with "waivers", found ${describe(root)}`;
    return {
      waivers: undefined,
      problems: [{ file, line: root.line, column: root.column, message }],
    };
  }
  const map: YamlMap = root ?? { kind: 'map', entries: [], line: 1, column: 1 };
  const reader = new ShapeReader(file, map, mistakes);
  refuseOthers(reader, 'a waivers file', ['policy', 'waivers']);
  const policy = parsePolicy(reader);
  const lines = new SourceLines(file, text);
  const entries = reader
    .shapes('waivers')
    .map((entry, index) => new EntryReader(file, entry.map, lines, policy, asOf).read(index + 1));
  voidDoubles(entries);
  if (mistakes.length > 0) return { waivers: undefined, problems: mistakes };
  const protectedAt = reader.shape('policy')?.get('protected') ?? map;
  return {
    waivers: { file, asOf, policy, protectedPlace: lines.placeOf(protectedAt), entries },
    problems: [],
  };
}

function parsePolicy(reader: ShapeReader): WaiverPolicy {
  const policy: WaiverPolicy = { protected: [], minReason: MIN_REASON, remind: REMIND_DAYS };
  const shape = reader.shape('policy');
  if (shape === undefined) return policy;
  refuseOthers(shape, 'policy', ['maxAge', 'protected', 'maxFindings', 'minReason', 'remind']);
  policy.protected = shape.texts('protected');
  const maxAge = readDays(shape, 'maxAge');
  const maxFindings = readWhole(shape, 'maxFindings');
  policy.minReason = readWhole(shape, 'minReason') ?? MIN_REASON;
  policy.remind = readDays(shape, 'remind') ?? REMIND_DAYS;
  return {
    ...policy,
    ...(maxAge !== undefined && { maxAge }),
    ...(maxFindings !== undefined && { maxFindings }),
  };
}

function readDays(shape: ShapeReader, key: string): number | undefined {
  const node = shape.get(key);
  if (node === undefined) return undefined;
  const nanos = parseDuration(scalarText(node) ?? '');
  if (nanos !== undefined && nanos > 0n && nanos % DAY_NANOS === 0n) return Number(nanos / DAY_NANOS);
  shape.problem(node, `${quote(key)} must be whole days such as 90d, found ${describe(node)}`);
  return undefined;
}

function readWhole(shape: ShapeReader, key: string): number | undefined {
  const node = shape.get(key);
  if (node === undefined) return undefined;
  if (node.kind === 'number' && /^[1-9]\d{0,8}$/.test(node.lexeme)) return Number(node.lexeme);
  shape.problem(node, `${quote(key)} must be a whole number from 1 on, found ${describe(node)}`);
  return undefined;
}

/** Which of two entries with one id was granted nobody can tell: neither holds. */
function voidDoubles(entries: WaiverEntry[]): void {
  const first = new Map<string, WaiverEntry>();
  for (const entry of entries) {
    const other = first.get(entry.id);
    if (other === undefined) {
      first.set(entry.id, entry);
      continue;
    }
    for (const [one, another] of [
      [entry, other],
      [other, entry],
    ] as const) {
      delete one.grant;
      if (one.flaws.some(({ message }) => message.startsWith('another waiver has this id'))) continue;
      one.flaws.push({
        message: `another waiver has this id, at line ${another.place.line}, so neither holds`,
        place: one.place,
        excerpt: { text: `id: ${one.id}`, start: 4, end: 4 + one.id.length },
      });
    }
  }
}
