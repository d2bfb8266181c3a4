/** What judgements become: findings and license verdicts; those that a rule's `suppress` calls one are put together. */
import { formatInstant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import { alsoSaid } from '../model/also-said.ts';
import { EXPIRED_WAIVER } from '../model/expired-waiver.ts';
import { type Finding, toFingerprint } from '../model/finding.ts';
import type { JudgedLicense } from '../model/open-use.ts';
import type { Group, Judgement } from '../model/relation.ts';
import type { LicenseVerdict } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { tellPlace, tellPlaces } from '../model/told-places.ts';
import type { PlannedRelation } from './plan.ts';

type Concluded = { planned: PlannedRelation; group: Group; judgement: Judgement };

export class Conclusions {
  readonly findings: Finding[] = [];
  readonly licenses: JudgedLicense[] = [];
  /** Waivers that something was held against, by id: whether they still hold or not. */
  readonly waiversMet = new Set<string>();
  private readonly held: Concluded[] = [];

  add(planned: PlannedRelation, group: Group, judgement: Judgement): void {
    const { verdict, usage, usagePeriod, place, waiver } = judgement;
    if (usage !== undefined) {
      const places = [place, ...judgement.related];
      this.licenses.push({
        ...usage,
        verdict: licenseVerdict(judgement),
        places,
        ...(usagePeriod && { usagePeriod }),
      });
    }
    if (waiver !== undefined) this.waiversMet.add(waiver.id);
    if (judgement.code === EXPIRED_WAIVER.code) this.waiversMet.add(judgement.identity[0]!);
    const { rule } = planned;
    if (verdict === 'satisfied' || (rule?.kind === 'correlation' && rule.silent === true)) return;
    if (isHeld(rule, judgement)) this.held.push({ planned, group, judgement });
    else this.conclude(planned, group, judgement);
  }

  /** Tells what was held back. */
  finish(): void {
    for (const { planned, group, judgement } of merged(this.held)) this.conclude(planned, group, judgement);
  }

  private conclude(planned: PlannedRelation, group: Group, judgement: Judgement): void {
    const rule = planned.rule?.id ?? `license:${planned.license}`;
    const level = planned.rule?.level ?? 'high';
    const { waiver, span } = judgement;
    this.findings.push({
      rule,
      code: judgement.code,
      severity: judgement.severity ?? level,
      verdict: judgement.verdict,
      place: judgement.place,
      ...(span !== undefined && {
        time: { from: formatInstant(span.from), until: formatInstant(span.until) },
      }),
      ...(judgement.related.length > 0 && { related: judgement.related }),
      message: judgement.message,
      ...(judgement.also !== undefined && { also: judgement.also }),
      ...(judgement.moreSaid && { moreSaid: true }),
      ...(judgement.subject !== undefined && { subject: judgement.subject }),
      ...(judgement.count > 1 && { count: judgement.count }),
      ...(waiver !== undefined && {
        waiver: {
          id: waiver.id,
          title: waiver.title,
          owner: waiver.owner,
          reason: waiver.reason,
          ...(waiver.ticket !== undefined && { ticket: waiver.ticket }),
          ...(waiver.approvedBy !== undefined && { approvedBy: waiver.approvedBy }),
          expires: formatInstant(waiver.expires),
        },
      }),
      fingerprint: toFingerprint(rule, judgement.code, ...group, ...judgement.identity),
    });
  }
}

function licenseVerdict({ verdict, code }: Judgement): LicenseVerdict {
  if (verdict === 'undetermined' || code === 'evidence-missing') return 'undetermined';
  if (verdict === 'satisfied') return 'within';
  return code === 'overage-used' ? 'overage' : 'exceeded';
}

/** A detection puts its marks together itself; what a correlation finds is known by its groups. */
function isHeld(rule: Rule | undefined, { span }: Judgement): boolean {
  return rule?.kind === 'correlation' && rule.suppress !== undefined && span !== undefined;
}

/** Judgements of one rule, `by` the same, at most `for` between the end of one and the begin of the next. */
function* merged(held: readonly Concluded[]): Generator<Concluded> {
  const keyed = held.map((concluded) => ({ concluded, key: toKey(concluded) }));
  keyed.sort(
    (left, right) =>
      compareText(left.key, right.key) || compareSpans(left.concluded.judgement, right.concluded.judgement),
  );
  let open: { concluded: Concluded; key: string } | undefined;
  for (const next of keyed) {
    const { judgement } = next.concluded;
    const quiet = next.concluded.planned.rule!.suppress!.for;
    const span = open?.concluded.judgement.span;
    if (open !== undefined && open.key === next.key && judgement.span!.from - span!.until <= quiet) {
      open = {
        ...open,
        concluded: { ...open.concluded, judgement: join(open.concluded.judgement, judgement) },
      };
      continue;
    }
    if (open !== undefined) yield open.concluded;
    open = next;
  }
  if (open !== undefined) yield open.concluded;
}

/** Two findings of different verdict, level or standing are never one. */
function toKey({ planned, group, judgement }: Concluded): string {
  const rule = planned.rule!;
  const names = rule.kind === 'correlation' ? rule.groupNames : [];
  const by = rule.suppress!.by.map((name) => group[names.indexOf(name)] ?? null);
  const { verdict, code, severity, waiver } = judgement;
  return JSON.stringify([rule.id, code, verdict, severity ?? null, waiver?.id ?? null, by]);
}

function compareSpans(left: Judgement, right: Judgement): number {
  const [a, b] = [left.span!.from, right.span!.from];
  if (a !== b) return a < b ? -1 : 1;
  return compareText(left.place.file, right.place.file) || left.place.offset - right.place.offset;
}

function join(first: Judgement, next: Judgement): Judgement {
  const related = [...first.related];
  tellPlace(first.place, related, next.place);
  tellPlaces(first.place, related, next.related);
  const until = first.span!.until > next.span!.until ? first.span!.until : next.span!.until;
  const others = [...(first.also ?? []), next.message, ...(next.also ?? [])];
  const isMore = first.moreSaid === true || next.moreSaid === true;
  return {
    ...first,
    ...alsoSaid(first.message, others, isMore),
    count: first.count + next.count,
    related,
    span: { from: first.span!.from, until },
  };
}
