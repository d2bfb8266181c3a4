/** The check `fields: ip`: that every event carries what the control wants beside who, what and when. */
import { didYouMean } from '../base/nearest-name.ts';
import { count, quote } from '../base/text-safety.ts';
import { auditedEvents } from './against.ts';
import {
  type Evidence,
  type Judged,
  type PackCheckKind,
  type PackValue,
  passedUnless,
} from './pack-check-kind.ts';

/** By the word in a pack: the class of rules/classes/ that counts the events which do not carry it. */
const CLASSES: Readonly<Record<string, string>> = {
  outcome: 'without_outcome',
  ip: 'without_address',
  target: 'without_target',
};

type Wanted = { field: string; rule: string }[];

export const fields: PackCheckKind<Wanted> = {
  name: 'fields',
  title: `what events carry beside who, what and when: ${Object.keys(CLASSES).join(', ')}`,
  parse(values, reader) {
    return values.flatMap((value: PackValue) => {
      const name = Object.hasOwn(CLASSES, value.text) ? CLASSES[value.text] : undefined;
      if (name === undefined) {
        const known = Object.keys(CLASSES);
        const expected = `expected one of ${known.join(', ')}`;
        reader.problem(value, `${expected}, found ${quote(value.text)}${didYouMean(value.text, known)}`);
        return [];
      }
      const rule = reader.ruleId({ ...value, text: name });
      return rule === undefined ? [] : [{ field: value.text, rule }];
    });
  },
  asks: (wanted) => wanted.map(({ field }) => asksFor(field)),
  judge: (wanted, evidence) => wanted.map(({ field, rule }) => judgeField(field, rule, evidence)),
};

/** An event inside of one system has no address: what is missing leaves the control open, the check `events` finds breaches. */
function judgeField(field: string, id: string, evidence: Evidence): Judged {
  const rule = evidence.report.rules.find((each) => each.id === id);
  const asks = asksFor(field);
  const population = auditedEvents(evidence);
  const open = (reason: string): Judged => ({ asks, population, status: 'undetermined', reason });
  if (rule === undefined) return open('its rule is not among those of this run');
  if (rule.status !== 'ran') return open(`its rule could not speak: ${rule.reason ?? rule.status}`);
  if (rule.matches > 0) return open(`${count(rule.matches, 'event')} without ${quote(field)}`);
  return passedUnless({ asks, population }, evidence);
}

function asksFor(field: string): string {
  return `every event carries ${quote(field)}`;
}
