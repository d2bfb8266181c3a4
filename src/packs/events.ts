/** The check `events: content`: what every single event must be, as the checks of every run find it. */
import { didYouMean } from '../base/nearest-name.ts';
import { count, quote } from '../base/text-safety.ts';
import type { AuditField } from '../model/event.ts';
import type { Finding } from '../model/finding.ts';
import { auditedEvents, judgeFindings } from './against.ts';
import type { Evidence, PackCheckKind } from './pack-check-kind.ts';
import { countUntimed } from './untimed-events.ts';

/**
 * `check`: the one that speaks the codes; the reading of input cannot be left out. `fields`: what every event must have; that
 * one is not there, or has a form that the schema refuses, is told by codes for all fields.
 */
type Aspect = { asks: string; codes: readonly string[]; check?: string; fields?: readonly AuditField[] };

const ASPECTS: Readonly<Record<string, Aspect>> = {
  content: {
    asks: 'every event says when who did what, and how it ended',
    codes: ['missing-field', 'invalid-field', 'ambiguous-actor'],
    check: 'required-fields',
    fields: ['time', 'actor', 'action', 'outcome'],
  },
  actor: {
    asks: 'every event names one accountable actor',
    codes: ['ambiguous-actor'],
    check: 'required-fields',
    fields: ['actor'],
  },
  time: {
    asks: 'every event has a plausible time with a zone',
    codes: ['unreadable-time', 'missing-zone', 'implausible-time'],
    check: 'timestamps',
    fields: ['time'],
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
      ...[
        'changed-input',
        'unreadable-input',
        'unsupported-input',
        'unread-member',
        'nested-records',
        'crowded-record',
      ],
      'not-an-object',
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
      const aspect = ASPECTS[name]!;
      const found = evidence.report.findings.filter((finding) => speaksOf(aspect, finding));
      const question = {
        asks: aspect.asks,
        population: auditedEvents(evidence),
        open: whyOpen(name, evidence),
        strict: true,
      };
      return judgeFindings(found, question, evidence);
    });
  },
};

const OF_ANY_FIELD: readonly string[] = ['missing-field', 'invalid-field'];

function speaksOf({ codes, fields = [] }: Aspect, { rule, code, message }: Finding): boolean {
  if (codes.includes(code)) return true;
  // A finding says of which field it is in the words that it begins with, and nowhere else.
  const isOfField = fields.some((field) => message.startsWith(`${quote(field)} is `));
  return rule === 'required-fields' && OF_ANY_FIELD.includes(code) && isOfField;
}

function whyOpen(name: string, evidence: Evidence): string | undefined {
  const { check, fields = [] } = ASPECTS[name]!;
  if (check === undefined) return undefined;
  if (evidence.disabled.includes(check)) return `the check "${check}" was left out by the configuration`;
  return check === 'timestamps' ? whyUntimed(evidence) : whyNotAsked(fields, evidence);
}

/** What has no time is neither plausible nor in order, and whoever demands no time has no finding of it. */
function whyUntimed({ report }: Evidence): string | undefined {
  const untimed = countUntimed(report);
  return untimed > 0 ? `${count(untimed, 'event')} without a readable time` : undefined;
}

function whyNotAsked(fields: readonly AuditField[], { demanded, lacking }: Evidence): string | undefined {
  if (demanded === undefined) return 'no schema asks for who, what and when: only raw records are judged';
  const unasked = fields.filter((field) => !demanded.includes(field));
  if (unasked.length > 0) return `no schema demands ${unasked.map(quote).join(', ')} of every event`;
  const absent = fields.filter((field) => (lacking[field] ?? []).length > 0);
  if (absent.length === 0) return undefined;
  const sources = [...new Set(absent.flatMap((field) => lacking[field]!))];
  return `the source ${sources.map(quote).join(', ')} has no ${absent.map(quote).join(', ')} by design`;
}
