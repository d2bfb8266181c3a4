/** What judgements become: findings and license verdicts; those that a rule's `suppress` calls one are put together. */

import { sha256Hex } from '../base/digest.ts';
import { formatInstant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import { alsoSaid, MAX_ALSO } from '../model/also-said.ts';
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
      fingerprint: toFingerprint(
        ...[rule, judgement.code, ...group, ...judgement.identity, ...(judgement.besides ?? [])],
      ),
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
  let open: { joined: Joined; key: string } | undefined;
  for (const { concluded, key } of keyed) {
    const quiet = concluded.planned.rule!.suppress!.for;
    if (open !== undefined && open.key === key && open.joined.isNear(concluded, quiet)) {
      open.joined.add(concluded);
      continue;
    }
    if (open !== undefined) yield open.joined.concluded;
    open = { joined: new Joined(concluded), key };
  }
  if (open !== undefined) yield open.joined.concluded;
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

/** Judgements of one rule that become one, and what they say beside the first. */
class Joined {
  private readonly first: Concluded;
  private joined: Judgement;
  private readonly messages: string[] = [];
  /** Of whom and of what they speak: what differs in times and counts alone is more of the same. */
  private readonly topics: Set<string>;
  private isMore: boolean;

  constructor(first: Concluded) {
    this.first = first;
    this.joined = first.judgement;
    this.topics = new Set(topicsOf(first));
    this.isMore = first.judgement.moreSaid === true;
  }

  isNear({ judgement }: Concluded, quiet: bigint): boolean {
    return judgement.span!.from - this.joined.span!.until <= quiet;
  }

  add(next: Concluded): void {
    const { judgement } = next;
    const { joined } = this;
    const topics = topicsOf(next);
    if (this.messages.length < MAX_ALSO) this.messages.push(judgement.message, ...(judgement.also ?? []));
    else this.isMore ||= topics.some((topic) => !this.topics.has(topic));
    this.isMore ||= judgement.moreSaid === true;
    for (const topic of topics) this.topics.add(topic);
    const related = [...joined.related];
    tellPlace(joined.place, related, judgement.place);
    tellPlaces(joined.place, related, judgement.related);
    const until = joined.span!.until > judgement.span!.until ? joined.span!.until : judgement.span!.until;
    const { subject, ...rest } = joined;
    this.joined = {
      ...rest,
      ...(subject !== undefined && subject === judgement.subject && { subject }),
      count: joined.count + judgement.count,
      related,
      span: { from: joined.span!.from, until },
    };
  }

  get concluded(): Concluded {
    const { judgement } = this.first;
    if (this.joined === judgement) return this.first;
    const others = [...this.topics].slice(new Set(topicsOf(this.first)).size).sort(compareText);
    return {
      ...this.first,
      judgement: {
        ...this.joined,
        ...alsoSaid(judgement.message, [...(judgement.also ?? []), ...this.messages], this.isMore),
        // One that speaks of others as well is another finding.
        ...(others.length > 0 && {
          besides: [...(judgement.besides ?? []), sha256Hex(JSON.stringify(others)).slice(0, 16)],
        }),
      },
    };
  }
}

/** Of what is not known each speaks of something else. */
function topicsOf({ group, judgement: { topics, identity } }: Concluded): string[] {
  const own = topics === undefined ? [JSON.stringify(identity)] : topics.length === 0 ? [''] : topics;
  return own.map((topic) => JSON.stringify([group, topic]));
}
