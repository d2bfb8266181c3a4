/** Merge and relate: repeats are dropped, marks are judged group by group, judgements become findings. */
import { count as countOf, quote } from '../base/text-safety.ts';
import { type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import type { Group, Judgement } from '../model/relation.ts';
import { groupKey, MAX_RELATED } from '../model/relation.ts';
import type { LicenseSummary, Notice } from '../model/report.ts';
import { reread } from '../read/reread.ts';
import type { OnMark } from './marks.ts';
import type { Plan, PlannedRelation } from './plan.ts';
import { PositionSet } from './position-set.ts';
import type { RecordPosition } from './repeats.ts';
import type { Scan } from './scan-books.ts';

/** The name under which the merge speaks, beside the checks. */
export const DUPLICATES = 'duplicates';

export const DUPLICATE_FINDINGS = [
  {
    code: 'duplicate-record',
    severity: 'informational',
    title: 'record repeated byte for byte',
    why: 'Deliveries repeat; a repeat is audited once, and its number belongs to the completeness of the export.',
    fix: 'Nothing, if the source delivers at least once; else find out why the export overlaps.',
  },
  {
    code: 'conflicting-record',
    severity: 'high',
    title: 'one id, two contents',
    why: 'A record was changed after it was written, or two writers share an id: one of the two did not happen like that.',
    fix: 'Compare both records with the origin of the log.',
    controls: ['pci-dss-4:10.3.2', 'sec-17a-4:f2'],
  },
] as const satisfies readonly FindingKind[];

/** Conflicts named one by one; beyond, counted. */
const MAX_CONFLICTS = 100;

/** Drops repeated records from the books of their files and says so. */
export async function mergeRepeats(scan: Scan): Promise<{ duplicates: PositionSet; findings: Finding[] }> {
  const duplicates = new PositionSet();
  const first = new Map<
    number,
    { repeat: RecordPosition; original: RecordPosition; count: number; related: RecordPosition[] }
  >();
  const findings: Finding[] = [];
  const conflicts: Conflict[] = [];
  let conflictCount = 0;
  const again = (fileIndex: number, stretches: Iterable<RecordPosition>) =>
    reread(scan.files[fileIndex]!.file, scan.inputs[fileIndex]!.compression, stretches);
  for await (const repeat of scan.identities.repeats(again)) {
    const { first: original, again } = repeat;
    if (repeat.conflict) {
      conflictCount++;
      const inOrder = comparePositions(original, again) < 0;
      const pair = inOrder ? { earlier: original, later: again } : { earlier: again, later: original };
      conflicts.push({ ...pair, contents: repeat.contents });
      if (conflicts.length > MAX_CONFLICTS * 4) keepFirst(conflicts);
      continue;
    }
    duplicates.add(again.fileIndex, again.offset);
    const { records } = scan.inputs[again.fileIndex]!;
    records.duplicate++;
    if (repeat.skipped) records.skipped--;
    else records.audited--;
    const entry = first.get(again.fileIndex);
    if (entry === undefined) first.set(again.fileIndex, { repeat: again, original, count: 1, related: [] });
    else noteRepeat(entry, again, original);
  }
  const place = (position: RecordPosition) => toPlace(position, scan);
  for (const { repeat, original, count, related } of first.values()) {
    const many = count === 1 ? 'a record repeats' : `${count} records repeat`;
    findings.push({
      ...finding(
        'duplicate-record',
        `${many} an earlier one byte for byte, first ${quote(`${place(original).file}:${original.line}`)}`,
      ),
      place: place(repeat),
      related: [original, ...related].map(place),
      count,
      fingerprint: toFingerprint('duplicate-record', place(repeat).file, String(count)),
    });
  }
  keepFirst(conflicts);
  for (const [index, { earlier, later, contents }] of conflicts.entries()) {
    const beyond = index === conflicts.length - 1 ? conflictCount - conflicts.length : 0;
    const more = beyond > 0 ? `; ${beyond} more such records are not listed` : '';
    findings.push({
      ...finding(
        'conflicting-record',
        `a record carries the id of ${quote(`${place(earlier).file}:${earlier.line}`)} and other content${more}`,
      ),
      place: place(later),
      related: [place(earlier)],
      fingerprint: toFingerprint('conflicting-record', contents),
    });
  }
  return { duplicates, findings };
}

function finding(code: (typeof DUPLICATE_FINDINGS)[number]['code'], message: string) {
  const { severity } = DUPLICATE_FINDINGS.find((kind) => kind.code === code)!;
  return { rule: DUPLICATES, code, severity, verdict: 'violation' as const, message };
}

function noteRepeat(
  entry: { repeat: RecordPosition; original: RecordPosition; count: number; related: RecordPosition[] },
  again: RecordPosition,
  original: RecordPosition,
): void {
  entry.count++;
  if (again.offset < entry.repeat.offset) {
    entry.related.push(entry.repeat);
    Object.assign(entry, { repeat: again, original });
  } else entry.related.push(again);
  entry.related.sort((a, b) => a.offset - b.offset).splice(MAX_RELATED - 1);
}

/** Two records of one id. */
type Conflict = { earlier: RecordPosition; later: RecordPosition; contents: string };

function keepFirst(conflicts: Conflict[]): void {
  conflicts.sort((a, b) => comparePositions(a.later, b.later)).splice(MAX_CONFLICTS);
}

function comparePositions(a: RecordPosition, b: RecordPosition): number {
  return a.fileIndex - b.fileIndex || a.offset - b.offset;
}

function toPlace({ fileIndex, line, offset, length }: RecordPosition, scan: Scan) {
  return { file: scan.inputs[fileIndex]!.file, line, offset, length };
}

/** What the relations concluded. `matches` counts the marks of each rule, by id, duplicates aside. */
export type Related = {
  findings: Finding[];
  licenses: LicenseSummary[];
  matches: Map<string, number>;
  /** For each relation, the events it left out, by the reason. */
  leftOut: Map<PlannedRelation, Map<string, number>>;
};

export function relate(plan: Plan, scan: Scan, duplicates: PositionSet): Related {
  const related: Related = { findings: [], licenses: [], matches: new Map(), leftOut: new Map() };
  const judged = new Set<number>();
  const present = plan.relations.map(({ relation }) => relation.judgeAbsent && new Set<string>());
  const files = scan.inputs.map(({ file }) => file);
  const counter = new MatchCounter(plan);
  const fewest = plan.relations.map(({ relation }) => relation.fewest ?? 1);
  for (const { relation: index, group, marks } of scan.marks.groups(
    files,
    duplicates,
    counter.count,
    fewest,
  )) {
    const planned = plan.relations[index]!;
    judged.add(index);
    present[index]?.add(groupKey(group));
    for (const judgement of planned.relation.judge(group, marks, scan.coverage)) {
      conclude(related, planned, group, judgement);
    }
  }
  for (const [index, planned] of plan.relations.entries()) {
    for (const judgement of planned.relation.judgeAbsent?.(present[index]!, scan.coverage) ?? [])
      conclude(related, planned, [], judgement);
    if (judged.has(index)) continue;
    for (const judgement of planned.relation.judgeNothing?.(scan.coverage) ?? [])
      conclude(related, planned, [], judgement);
  }
  related.matches = counter.matches();
  return related;
}

function conclude(related: Related, planned: PlannedRelation, group: Group, judgement: Judgement): void {
  const { verdict, usage, place, leftOut } = judgement;
  if (leftOut !== undefined) {
    const reasons = related.leftOut.get(planned) ?? new Map<string, number>();
    related.leftOut.set(planned, reasons.set(leftOut.why, (reasons.get(leftOut.why) ?? 0) + leftOut.events));
    return;
  }
  if (usage !== undefined) {
    const status = verdict === 'violation' ? 'exceeded' : verdict === 'satisfied' ? 'within' : 'undetermined';
    related.licenses.push({ ...usage, verdict: status, places: [place, ...judgement.related] });
  }
  if (verdict === 'satisfied') return;
  const rule = planned.rule?.id ?? `license:${planned.license}`;
  const level = planned.rule?.level ?? 'high';
  related.findings.push({
    rule,
    code: judgement.code,
    severity: judgement.severity ?? level,
    verdict,
    place,
    ...(judgement.related.length > 0 && { related: judgement.related }),
    message: judgement.message,
    ...(judgement.subject !== undefined && { subject: judgement.subject }),
    ...(judgement.count > 1 && { count: judgement.count }),
    fingerprint: toFingerprint(rule, judgement.code, ...group, ...judgement.identity),
  });
}

/** What rules could not judge, each reason once. */
export function leftOutNotices({ leftOut }: Related): Notice[] {
  return [...leftOut].flatMap(([{ rule, license }, reasons]) =>
    [...reasons].map(([why, events]) => ({
      code: 'left-out-events',
      message: `${countOf(events, 'event')} not judged by ${quote(rule?.title ?? `license ${license}`)}: ${why}`,
    })),
  );
}

/** Steps have 16 bits in a row. */
const MAX_STEPS = 2 ** 16;

/** Counts each match of a detection once, although several relations may get its marks. */
class MatchCounter {
  private readonly plan: Plan;
  /** For each detection the relation and step that it is counted through, as one number, and how often. */
  private readonly through: number[];
  private readonly counts: number[];

  constructor(plan: Plan) {
    this.plan = plan;
    const counted = new Map<string, number>();
    for (const [index, { relation }] of plan.relations.entries()) {
      for (const [step, { detection }] of relation.inputs.entries()) {
        if (!counted.has(detection)) counted.set(detection, index * MAX_STEPS + step);
      }
    }
    this.through = plan.detections.map(({ id }) => counted.get(id) ?? -1);
    this.counts = plan.detections.map(() => 0);
  }

  readonly count: OnMark = (relation, step, detection) => {
    if (this.through[detection] === relation * MAX_STEPS + step) this.counts[detection]!++;
  };

  /** By the ids of detections; those that never matched are left out. */
  matches(): Map<string, number> {
    const matched = new Map<string, number>();
    for (const [index, { id }] of this.plan.detections.entries()) {
      const times = this.counts[index]!;
      if (times > 0) matched.set(id, (matched.get(id) ?? 0) + times);
    }
    return matched;
  }
}
