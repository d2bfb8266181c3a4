/** The check `rules: named`: that rules ran and found nothing. A rule that could not run shows nothing. */
import { count, quote, truncate } from '../base/text-safety.ts';
import type { RuleSummary } from '../model/report.ts';
import { judgeFindings, namingFindings } from './against.ts';
import { type Judged, type PackCheckKind, titlesIn } from './pack-check-kind.ts';

/** Undefined: those that name the control. */
type Chosen = { ids?: string[]; tags?: string[] };

/** Rules that are named in a reason. */
const MAX_NAMED = 3;
/** Characters: a rule may miss a dozen fields. */
const MAX_REASON = 60;
/** Of one that stands alone. */
const MAX_ONLY_REASON = 200;

export const rules: PackCheckKind<Chosen> = {
  name: 'rules',
  title:
    'rules that ran and found nothing: "named" for those that name the control, or ids, names, titles, tags (tag:NAME)',
  parse(values, reader) {
    if (values.length === 1 && values[0]!.text === 'named') return {};
    const isTag = ({ text }: { text: string }) => text.startsWith('tag:');
    return {
      ids: values.filter((value) => !isTag(value)).flatMap((value) => reader.ruleId(value) ?? []),
      tags: values.filter(isTag).map(({ text }) => text.slice('tag:'.length)),
    };
  },
  asks: (chosen, titleOf) => [asksFor(chosen, titleOf)],
  judge(chosen, evidence) {
    const { report } = evidence;
    const named = chosen.ids === undefined;
    const asked = report.rules.filter(({ id, controls, tags }) =>
      named
        ? controls.includes(evidence.control)
        : chosen.ids!.includes(id) || tags.some((tag) => chosen.tags!.includes(tag)),
    );
    const ids = new Set(asked.map(({ id }) => id));
    const found = named ? namingFindings(evidence) : report.findings.filter(({ rule }) => ids.has(rule));
    const missing = (chosen.ids ?? []).filter((id) => !ids.has(id)).length;
    const asks = asksFor(chosen, titlesIn(report));
    const question = { asks, population: populationOf(asked), open: whyOpen(asked, missing, chosen.ids) };
    return [judgeFindings(found, question, evidence)];
  },
};

/** Each event once for each rule that it was put to: what several rules are for, nobody has counted together. */
function populationOf(asked: readonly RuleSummary[]): Judged['population'] {
  const ran = asked.filter(({ status }) => status === 'ran');
  return { of: 'events put to such rules', count: ran.reduce((sum, { judged = 0 }) => sum + judged, 0) };
}

function whyOpen(
  asked: readonly RuleSummary[],
  missing: number,
  byName: readonly string[] = [],
): string | undefined {
  if (missing > 0)
    return `${count(missing, 'rule')} of the pack ${missing === 1 ? 'is' : 'are'} not among those of this run`;
  for (const status of ['error', 'inert'] as const) {
    const silent = asked.filter((rule) => rule.status === status);
    if (silent.length === 0) continue;
    const named = silent
      .slice(0, MAX_NAMED)
      .map(({ title, reason }) => `${quote(title)} (${truncate(reason ?? status, MAX_REASON)})`);
    return `${silent.length} of ${count(asked.length, 'rule')} could not speak: ${listNamed(named, silent.length)}`;
  }
  const steps = asked.filter(({ silent }) => silent === true);
  if (steps.length > 0) {
    const named = steps.slice(0, MAX_NAMED).map(({ title }) => quote(title));
    return `${steps.length} of ${count(asked.length, 'rule')} may not speak, for others refer to ${steps.length === 1 ? 'it' : 'them'} without "generate: true": ${listNamed(named, steps.length)}`;
  }
  const unjudged = asked.filter((rule) => rule.unjudged !== undefined);
  if (unjudged.length > 0) {
    const named = unjudged.slice(0, MAX_NAMED).map(({ title, unjudged }) => {
      const { events, reason } = unjudged!;
      return `${quote(title)} (${count(events, 'event')}: ${truncate(reason, MAX_REASON)})`;
    });
    return `${unjudged.length} of ${count(asked.length, 'rule')} left events out: ${listNamed(named, unjudged.length)}`;
  }
  const ran = asked.filter(({ status }) => status === 'ran');
  return ran.length === 0 ? whyNoneRan(asked) : whyUntested(ran, byName);
}

/**
 * A rule that had no event of its kind to judge shows nothing by finding none. Of those that name the control, or bear a tag, no
 * log has events for all; one that a pack asks for by its name must have had some.
 */
function whyUntested(ran: readonly RuleSummary[], byName: readonly string[]): string | undefined {
  const unmet = ran.filter(({ judged = 0 }) => judged === 0);
  const untested = unmet.length === ran.length ? unmet : unmet.filter(({ id }) => byName.includes(id));
  if (untested.length === 0) return undefined;
  const titles = untested.slice(0, MAX_NAMED).map(({ title }) => quote(title));
  return `no event of the kind that ${listNamed(titles, untested.length)} ${untested.length === 1 ? 'is' : 'are'} for`;
}

function whyNoneRan(asked: readonly RuleSummary[]): string {
  const reasons = new Set(asked.map(({ reason }) => reason));
  const [only] = reasons;
  const why = reasons.size === 1 && only !== undefined ? `: ${truncate(only, MAX_ONLY_REASON)}` : '';
  return `none of its rules is for these logs${why}`;
}

function listNamed(named: readonly string[], all: number): string {
  return `${named.join(', ')}${all > MAX_NAMED ? ` and ${all - MAX_NAMED} more` : ''}`;
}

function asksFor({ ids, tags = [] }: Chosen, titleOf: (id: string) => string): string {
  if (ids === undefined) return 'rules that name the control find nothing';
  const words = [
    ...ids.map((id) => quote(titleOf(id))),
    ...tags.map((tag) => `rules with the tag ${quote(tag)}`),
  ];
  return `${words.join(', ')} find nothing`;
}
