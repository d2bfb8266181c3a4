/** What `retention apply` did, or would do, for people and as one line of JSON. */
import { count, escapeControls, escapeJson, formatNumber } from '../base/text-safety.ts';
import { formatDay } from '../retention/calendar-age.ts';
import type { PlannedSegment } from './retention.ts';
import type { Pruning } from './retention-apply.ts';
import { amountOf } from './retention-findings.ts';
import { segmentJson } from './retention-json.ts';
import { describeHold } from './retention-text.ts';

export function applyText(pruning: Pruning): string {
  const { due, unfinished, refused, held, undated, missing, isDone, leaves, by, at } = pruning;
  const lines: string[] = [];
  const bytes = due.reduce((sum, plan) => sum + plan.bytes, 0);
  const what = `${amountOf(due)}, ${count(bytes, 'byte')}`;
  if (due.length > 0) {
    const signed = leaves === undefined ? '' : `; the record is signed, up to leaf ${formatNumber(leaves)}`;
    lines.push(`${isDone ? 'deleted' : 'would delete'} ${what}, past their maximum age${signed}`);
    lines.push(...due.map(describeDue));
  }
  if (unfinished.length > 0) {
    const amount = amountOf(unfinished.map(({ manifest }) => manifest));
    lines.push(
      `${isDone ? 'deleted' : 'would delete'} ${amount}, which an interrupted run had declared deleted`,
    );
    lines.push(...unfinished.map(({ file }) => `  ${escapeControls(file)}`));
  }
  if (due.length + unfinished.length === 0) lines.push('nothing to delete');
  for (const hold of new Set(held.flatMap(({ holds }) => holds))) {
    const kept = held.filter(({ holds }) => holds.includes(hold));
    lines.push(`kept though due, under hold ${describeHold(hold)}: ${amountOf(kept)}`);
  }
  if (undated.length > 0)
    lines.push(`kept, for their age is not known: ${amountOf(undated)}`, ...undated.map(describeUndated));
  for (const { file, why } of refused) lines.push(`not deleted: ${escapeControls(file)}: ${why}`);
  for (const message of missing) lines.push(`missing: ${escapeControls(message)}`);
  if (!isDone && due.length + unfinished.length > 0)
    lines.push(
      `nothing was deleted: run it again with --yes, as ${escapeControls(by)}, on ${at.slice(0, 10)}`,
    );
  return `${lines.join('\n')}\n`;
}

function describeDue({ file, name, until, rule }: PlannedSegment): string {
  const age = `newest event of ${formatDay(until!)}, at most ${rule!.maximum!.text}`;
  return escapeControls(`  ${file} (${name}): ${age} (${rule!.name})`);
}

function describeUndated({ file, name, doubt }: PlannedSegment): string {
  return escapeControls(`  ${file} (${name}): ${doubt}`);
}

export function applyJson(pruning: Pruning): string {
  const {
    archive,
    policy,
    at,
    by,
    reason,
    isDone,
    due,
    unfinished,
    refused,
    held,
    undated,
    missing,
    leaves,
  } = pruning;
  const json = {
    at,
    archive,
    by,
    reason,
    policy: { file: policy.file, sha256: policy.sha256 },
    done: isDone,
    deleted: due.map((plan) => ({ ...segmentJson(plan), sha256: plan.holding.manifest.stored.sha256 })),
    finished: unfinished.map(({ manifest, file }) => ({ segment: manifest.segment, file })),
    refused,
    held: held.map(segmentJson),
    undated: undated.map(segmentJson),
    missing,
    ...(leaves !== undefined && { leaves }),
  };
  return `${escapeJson(JSON.stringify(json))}\n`;
}
