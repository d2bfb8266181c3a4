/** `retention plan --format json`: the plan, every segment of it; days as dates. */
import { escapeJson } from '../base/text-safety.ts';
import { formatDay } from '../retention/calendar-age.ts';
import type { PlannedSegment } from './retention.ts';
import type { RetentionReport } from './retention-plan.ts';
import { tierRows } from './retention-text.ts';

export function planJson(report: RetentionReport): string {
  const { archive, today, policy, plans, pruned, findings, notices, incomplete } = report;
  const json = {
    archive,
    today: formatDay(today),
    policy: { file: policy.file, sha256: policy.sha256 },
    tiers: tierRows(plans),
    segments: plans.map(segmentJson),
    deleted: pruned.map(({ manifest, present, pruning }) => ({
      segment: manifest.segment,
      file: manifest.file,
      source: manifest.source,
      class: manifest.class,
      records: manifest.records,
      at: pruning!.at,
      by: pruning!.by,
      reason: pruning!.reason,
      policySha256: pruning!.policySha256,
      gone: present.length === 0,
    })),
    findings,
    notices,
    ...(incomplete !== undefined && { incomplete }),
  };
  return `${escapeJson(JSON.stringify(json, null, 2))}\n`;
}

export function segmentJson(plan: PlannedSegment) {
  const { segment, file, source, records, bytes, from, until, rule, tier, standing, dueOn, holds, doubt } =
    plan;
  const dayText = (day: number | undefined) => (day === undefined ? null : formatDay(day));
  return {
    segment,
    file,
    source,
    class: plan.class,
    records,
    bytes,
    from: dayText(from),
    until: dayText(until),
    rule: rule?.name ?? null,
    tier: tier ?? null,
    standing,
    dueOn: dayText(dueOn),
    holds: holds.map(({ id, reason, until: last }) => ({ id, reason, until: dayText(last) })),
    ...(doubt !== undefined && { doubt }),
  };
}
