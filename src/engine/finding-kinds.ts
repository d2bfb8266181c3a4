/** Every code that a report can carry, gathered from the members that speak it. */
import { CHECKS } from '../checks/index.ts';
import { LICENSE_FINDINGS } from '../licenses/verdict/license-findings.ts';
import type { FindingKind } from '../model/finding.ts';
import { PACK_FINDINGS, PACKS } from '../packs/pack-findings.ts';
import { INPUT, INPUT_FINDINGS } from '../read/input-findings.ts';
import { EVERY_MARK_FINDINGS } from '../relations/every-mark.ts';
import { RELATIONS } from '../relations/index.ts';
import { RETENTION, RETENTION_FINDINGS } from '../retention/retention-findings.ts';
import { ARCHIVE, ARCHIVE_FINDINGS } from '../store/archive-findings.ts';
import { ANCHOR_FINDINGS, ANCHORS } from '../transparency/anchor-findings.ts';
import { WAIVER_FINDINGS, WAIVERS } from '../triage/waiver-findings.ts';
import { DUPLICATE_FINDINGS, DUPLICATES } from './merge-repeats.ts';
import { SEAL_KINDS } from './seals.ts';

/** Who speaks which codes: for `list` and `explain`. */
export function findingSpeakers(): { speaker: string; kinds: readonly FindingKind[] }[] {
  return [
    { speaker: INPUT, kinds: INPUT_FINDINGS },
    { speaker: ARCHIVE, kinds: ARCHIVE_FINDINGS },
    { speaker: RETENTION, kinds: RETENTION_FINDINGS },
    { speaker: DUPLICATES, kinds: DUPLICATE_FINDINGS },
    ...CHECKS.map(({ name, findings }) => ({ speaker: name, kinds: findings })),
    ...SEAL_KINDS.map(({ name, findings }) => ({ speaker: name, kinds: findings })),
    ...RELATIONS.map(({ type, findings }) => ({ speaker: type, kinds: findings })),
    { speaker: 'detection', kinds: EVERY_MARK_FINDINGS },
    { speaker: WAIVERS, kinds: WAIVER_FINDINGS },
    { speaker: 'licenses', kinds: LICENSE_FINDINGS },
    { speaker: ANCHORS, kinds: ANCHOR_FINDINGS },
    { speaker: PACKS, kinds: PACK_FINDINGS },
  ];
}

/** Speakers that are kinds of rules: their findings bear the id of a rule, or the name of a license. */
const OF_RULES: readonly string[] = [...RELATIONS.map(({ type }) => type), 'detection', 'licenses'];

let reserved: ReadonlySet<string> | undefined;

/** Whether findings that no rule made bear the id: a rule of that id would be taken for who speaks so. */
export function isReservedId(id: string): boolean {
  reserved ??= new Set(
    findingSpeakers()
      .map(({ speaker }) => speaker)
      .filter((speaker) => !OF_RULES.includes(speaker)),
  );
  return id.startsWith('license:') || reserved.has(id);
}

export function findingKinds(): Map<string, FindingKind> {
  return new Map(findingSpeakers().flatMap(({ kinds }) => kinds.map((kind) => [kind.code, kind] as const)));
}
