/** `--fail-on` and `failOn`: what makes the exit code 1, said in conditions of which one suffices. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { findingKinds } from '../engine/finding-kinds.ts';
import { NOTICE_KINDS } from '../engine/notice-kinds.ts';
import { SEVERITIES, type Severity, severityRank } from '../model/finding.ts';
import type { RuleSet } from '../model/rule.ts';
import { anyGlob, type FailOn } from '../model/verdict.ts';
import type { Pack } from '../packs/pack.ts';

export const DEFAULT_FAIL_ON: Severity = 'medium';

const NEW = 'new';
const CONTROL = 'control:';
const NOTICE = 'notice:';
const FORMS = [...SEVERITIES, NEW, 'new:SEVERITY', 'control:ID', 'notice:CODE'];

/** What is wrong with one condition; undefined where nothing is. */
export function conditionMistake(text: string): string | undefined {
  if (isSeverity(text) || text === NEW) return undefined;
  if (text.startsWith(CONTROL) && text.length > CONTROL.length) return undefined;
  if (text.startsWith(NOTICE) && text.length > NOTICE.length) return noticeMistake(text.slice(NOTICE.length));
  const severity = text.startsWith(`${NEW}:`) ? text.slice(NEW.length + 1) : undefined;
  if (severity !== undefined && isSeverity(severity)) return undefined;
  const meant =
    severity === undefined ? didYouMean(text, [...SEVERITIES, NEW]) : didYouMean(severity, SEVERITIES);
  return `expected one of ${FORMS.join(', ')}, found ${quote(text)}${meant}`;
}

function noticeMistake(pattern: string): string | undefined {
  const codes = NOTICE_KINDS.map(({ code }) => code);
  if (codes.some(anyGlob([pattern]))) return undefined;
  return `no notice has the code ${quote(pattern)}${didYouMean(pattern, codes)}`;
}

/**
 * `new` alone is every new finding: whoever asks for what is new asks for all of it. A control is asked for beside a
 * severity; what is asked for nowhere is held to the default.
 */
export function toFailOn(conditions: readonly string[]): FailOn {
  const plain = least(conditions.filter(isSeverity));
  const ofNew = least(
    conditions.flatMap((text) => {
      if (text === NEW) return ['informational' as const];
      const severity = text.slice(NEW.length + 1);
      return text.startsWith(`${NEW}:`) && isSeverity(severity) ? [severity] : [];
    }),
  );
  const after = (prefix: string) =>
    conditions.flatMap((text) => (text.startsWith(prefix) ? [text.slice(prefix.length)] : []));
  const [controls, notices] = [after(CONTROL), after(NOTICE)];
  return {
    ...(ofNew === undefined
      ? { failOn: plain ?? DEFAULT_FAIL_ON }
      : { failOn: least([ofNew, plain ?? ofNew])!, failOnKnown: plain ?? 'never' }),
    ...(controls.length > 0 && { failOnControls: controls }),
    ...(notices.length > 0 && { failOnNotices: notices }),
  };
}

/** Patterns of controls that no check, no rule and no pack of the run speaks to: nothing would ever count. */
export function unknownControls(
  { failOnControls = [] }: FailOn,
  { rules }: RuleSet,
  packs: readonly Pack[],
): string[] {
  const known = new Set([
    ...[...findingKinds().values()].flatMap(({ controls = [] }) => controls),
    ...rules.flatMap(({ controls }) => controls),
    ...packs.flatMap(({ name, controls }) => controls.map(({ id }) => `${name}:${id}`)),
  ]);
  return failOnControls.flatMap((pattern) => {
    const isMeant = anyGlob([pattern]);
    return [...known].some(isMeant)
      ? []
      : [`no check and no rule speaks to the control ${quote(pattern)}${didYouMean(pattern, known)}`];
  });
}

function isSeverity(text: string): text is Severity {
  return (SEVERITIES as readonly string[]).includes(text);
}

function least(severities: readonly Severity[]): Severity | undefined {
  return severities.toSorted((a, b) => severityRank(a) - severityRank(b))[0];
}
