/** The check `events: content`: what every single event must be, as the checks of every run find it. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { auditedEvents, judgeFindings } from './against.ts';
import type { Evidence, PackCheckKind } from './pack-check-kind.ts';

/** `check`: the one that speaks the codes; the reading of input cannot be left out. */
type Aspect = { asks: string; codes: readonly string[]; check?: string };

const ASPECTS: Readonly<Record<string, Aspect>> = {
  content: {
    asks: 'every event says when who did what, and how it ended',
    codes: ['missing-field', 'invalid-field', 'ambiguous-actor'],
    check: 'required-fields',
  },
  actor: {
    asks: 'every event names one accountable actor',
    codes: ['ambiguous-actor'],
    check: 'required-fields',
  },
  time: {
    asks: 'every event has a plausible time with a zone',
    codes: ['unreadable-time', 'missing-zone', 'implausible-time'],
    check: 'timestamps',
  },
  order: {
    asks: 'times do not run backwards',
    codes: ['disordered-times'],
    check: 'timestamps',
  },
  readable: {
    asks: 'every record of every file can be read',
    codes: [
      ...['malformed-record', 'truncated-input', 'trailing-garbage', 'corrupt-input', 'decompression-limit'],
      ...['changed-input', 'unreadable-input', 'unsupported-input', 'unread-member', 'not-an-object'],
    ],
    check: 'record-form',
  },
  unambiguous: {
    asks: 'no record says two things at once, and no two records with one id differ',
    codes: ['duplicate-key', 'repeated-member', 'conflicting-record'],
    check: 'record-form',
  },
};

export const EVENT_ASPECTS = Object.keys(ASPECTS);

export const events: PackCheckKind<string[]> = {
  name: 'events',
  title: `what every event must be: ${EVENT_ASPECTS.join(', ')}`,
  parse(values, reader) {
    return values.flatMap((value) => {
      if (Object.hasOwn(ASPECTS, value.text)) return [value.text];
      const expected = `expected one of ${EVENT_ASPECTS.join(', ')}`;
      reader.problem(
        value,
        `${expected}, found ${quote(value.text)}${didYouMean(value.text, EVENT_ASPECTS)}`,
      );
      return [];
    });
  },
  asks: (aspects) => aspects.map((name) => ASPECTS[name]!.asks),
  judge(aspects, evidence) {
    return aspects.map((name) => {
      const { asks, codes } = ASPECTS[name]!;
      const found = evidence.report.findings.filter(({ code }) => codes.includes(code));
      const question = {
        asks,
        population: auditedEvents(evidence),
        open: whyOpen(name, evidence),
        strict: true,
      };
      return judgeFindings(found, question, evidence);
    });
  },
};

function whyOpen(name: string, { disabled, judgesEvents, report }: Evidence): string | undefined {
  const { check } = ASPECTS[name]!;
  if (check === undefined) return undefined;
  if (disabled.includes(check)) return `the check "${check}" was left out by the configuration`;
  if (check !== 'required-fields') return undefined;
  if (!judgesEvents) return 'no schema asks for who, what and when: only raw records are judged';
  const excused = report.notices.find(({ code }) => code === 'field-not-in-source');
  return name === 'content' ? excused?.message : undefined;
}
