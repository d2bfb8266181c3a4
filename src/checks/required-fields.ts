/**
 * The check `required-fields`: who, when, what and whether it worked stand in every record, as JSON Schemas demand.
 * In canonical events `null`, the empty text, and for what says something `-` and its like count as missing: they are how
 * exports write "not recorded".
 */
import { formatNumber, quote } from '../base/text-safety.ts';
import type { Check, CheckDefinition } from '../model/check.ts';
import { AUDIT_FIELDS, type AuditField, type Event, type Fields } from '../model/event.ts';
import { facetsOf } from '../model/facets.ts';
import type { FindingKind } from '../model/finding.ts';
import type { Notice } from '../model/report.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { compileSchemas, type SchemaPlan } from './event-schema.ts';
import {
  type Judge,
  judgeActor,
  judgeEvent,
  judgeField,
  judgeRecord,
  judgeSingleActor,
  passAll,
  SEVERAL_ACTORS,
} from './field-judges.ts';
import {
  compileRecordCounter,
  type FileTally,
  foundValues,
  type Group,
  mergeTallies,
  startTally,
  type Tally,
  toFindings,
} from './grouped-findings.ts';

const FINDINGS: readonly FindingKind[] = [
  {
    code: 'missing-field',
    severity: 'high',
    title: 'required field missing',
    why: 'A record that does not say who did what, when, and with what outcome cannot serve as evidence for that event.',
    fix: 'Make the writer fill the field, or correct the mapping of the source if the record carries it under another name (audit-check sources test FILE shows the mapping).',
    controls: ['pci-dss-4:10.2.2', 'nist-800-53r5:AU-3', 'iso-27001-2022:A.8.15', 'cis-8:8.5'],
  },
  {
    code: 'invalid-field',
    severity: 'medium',
    title: 'field value not allowed by the schema',
    why: 'A value outside the agreed form is read differently by every tool that comes after, or not at all.',
    fix: 'Correct the writer, or the schema if the value is legitimate.',
    controls: ['nist-800-53r5:AU-3'],
  },
  {
    code: 'ambiguous-actor',
    severity: 'high',
    title: 'actor does not name one account',
    why: 'A placeholder such as "unknown", a shared name or several names leave open who acted, so that the action has no accountable person.',
    fix: 'Record the authenticated identity. Where the source rightly has none, list the name under allowed actors. Where its records rightly name several actors, write actors: several in the mapping of the source.',
    controls: ['pci-dss-4:10.2.2', 'nist-800-53r5:AU-3', 'nist-800-53r5:AU-10'],
  },
];

/** Per source: what its mapping says it never carries, and how many records that excused. */
type Excused = { fields: AuditField[]; records: number };

type RequiredFieldsState = { tally: Tally; excused: Map<string, Excused> };

type Step = (state: RequiredFieldsState, event: Event) => void;

export const requiredFields: CheckDefinition<RequiredFieldsState> = {
  name: 'required-fields',
  title: 'Every record carries the required fields',
  findings: FINDINGS,
  wholeRecords: true,
  create({ schemas, allowActors }): Check<RequiredFieldsState> | undefined {
    if (schemas.length === 0) return undefined;
    const plan = compileSchemas(schemas);
    const allowed = new Set(allowActors.map((name) => name.toLowerCase()));
    return {
      start: () => ({ tally: startTally(), excused: new Map() }),
      compile: (fields) => compileStep(plan, allowed, fields),
      merge: mergeStates,
      finish: ({ tally, excused }) => ({
        findings: toFindings(tally, 'required-fields', FINDINGS, say),
        notices: [...excused].map(toNotice),
      }),
    };
  },
};

function compileStep(plan: SchemaPlan, allowed: ReadonlySet<string>, fields: Fields): Step {
  // A source without a mapping has no canonical fields; that it is unknown is said by the reader.
  const isMapped = fields.source !== UNKNOWN_SOURCE.name;
  const excused = isMapped ? plan.demanded.filter((field) => fields.lacks(field)) : [];
  const ofFields = isMapped ? plan.fields.map((one) => judgeField(one, fields)) : [];
  const ofWhole = isMapped ? plan.whole.map((one) => judgeEvent(one, fields)) : [];
  const actor = isMapped && plan.audit ? fields.audit('actor') : undefined;
  const ofActor = actor === undefined ? [] : [judgeActor(actor, allowed)];
  const ofActors = actor === undefined || fields.severalActors ? [] : [judgeSingleActor(actor)];
  const ofFacets: Judge[] = [
    ...ofFields.map(({ judge }) => judge),
    ...ofWhole,
    ...ofActor.map(({ judge }) => judge),
  ];
  const ofRecord: Judge[] = [...plan.raw.map(judgeRecord), ...ofActors.map(({ judge }) => judge)];
  const passes = passAll([...ofFields, ...ofActor], ofActors);
  const seesWhole = plan.raw.length + ofWhole.length > 0;
  const looked = ofWhole.length > 0 ? AUDIT_FIELDS.map((field) => fields.audit(field)) : [];
  const asked = [...looked, ...[...ofFields, ...ofActor].map(({ slot }) => slot)];
  // What a field lacks no combination with other lists tells.
  const facetSlots = fields.facetSlots?.(asked, ofWhole.length === 0);
  const countRecord = compileRecordCounter();
  return (state, event) => {
    const file = countRecord(state.tally, event);
    if (excused.length > 0) countExcused(state.excused, event.source, excused);
    const facets = facetsOf(event, facetSlots);
    if (facets === undefined && !seesWhole && passes(event)) return;
    judgeAll(ofRecord, state.tally, file, event);
    if (facets === undefined) judgeAll(ofFacets, state.tally, file, event);
    else {
      // Whatever is told of one thing must be whole for that thing.
      for (const facet of facets) {
        event.select!([facet]);
        judgeAll(ofFacets, state.tally, file, event);
      }
      event.select!();
    }
  };
}

function judgeAll(judges: readonly Judge[], tally: Tally, file: FileTally, event: Event): void {
  for (let index = 0; index < judges.length; index++) judges[index]!(tally, file, event);
}

function countExcused(excused: Map<string, Excused>, source: string, fields: AuditField[]): void {
  const known = excused.get(source);
  if (known === undefined) excused.set(source, { fields, records: 1 });
  else known.records++;
}

function mergeStates(left: RequiredFieldsState, right: RequiredFieldsState): RequiredFieldsState {
  mergeTallies(left.tally, right.tally);
  for (const [source, { fields, records }] of right.excused) {
    const known = left.excused.get(source);
    if (known === undefined) left.excused.set(source, { fields, records });
    else known.records += records;
  }
  return left;
}

function say(group: Group, where: string): string {
  const field = quote(group.field);
  if (group.code === 'missing-field') return `${field} is missing ${where}`;
  if (group.code === 'ambiguous-actor') {
    const whom = group.key === SEVERAL_ACTORS ? 'several' : 'nobody';
    return `${field} names ${whom} ${where}${foundValues(group)}`;
  }
  return `${field} is invalid ${where}: ${group.expected}${foundValues(group)}`;
}

function toNotice([source, { fields, records }]: [string, Excused]): Notice {
  const names = fields.map(quote).join(', ');
  const message = `the source ${quote(source)} has no ${names} by design, so ${formatNumber(records)} records were not asked for it`;
  return { code: 'field-not-in-source', message };
}
