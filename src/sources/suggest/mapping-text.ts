/** A suggested mapping as the YAML file that a person reads, corrects and confirms: each line with what speaks for it. */
import { count, escapeControls, escapeJson, quote, truncate } from '../../base/text-safety.ts';
import { AUDIT_FIELDS, type AuditField } from '../../model/event.ts';
import { DECISION_WORDS, OUTCOME_WORDS, YES_OR_NO } from './field-words.ts';
import type { Leaf } from './leaves.ts';
import { hasZone, isStatusCode, wordsOf } from './score-leaf.ts';
import type { MappingSuggestion } from './suggest-mapping.ts';

/** What an event without them is found for. */
const REQUIRED: readonly AuditField[] = ['time', 'actor', 'action', 'outcome'];
/** Of these an example says more than the name; of others it might be a secret. */
const SHOWN: ReadonlySet<AuditField> = new Set(['time', 'actor', 'action', 'target', 'outcome', 'ip']);
const EXAMPLE_WIDTH = 40;
const MAX_REST = 40;
/** A member that fewer of the records hold is no mark of the source. */
const COMMON = 0.5;

/** `file`: where the records are from. `name`: of the source, which the file is named after. */
export function mappingText(name: string, file: string, suggestion: MappingSuggestion): string {
  const { wrapper, records, fields, rest, lists } = suggestion;
  const comment = (text: string) => `# ${escapeControls(text)}`;
  const lines = [
    comment(
      `Suggested from ${count(records, 'record')} of ${quote(file)}, by the names and values of their members: a guess.`,
    ),
    comment('Read each line, correct it, and look at what becomes of your records:'),
    comment('  audit-check sources test FILE --sources THIS_FILE'),
    comment('Then take "suggested" out: until then no audit by it is complete. Every key: docs/adding.md.'),
    `title: ${yamlText(name)}`,
    'suggested: true',
    comment(
      'Rules for application logs apply to it. Name its product where Sigma rules for that product are to apply.',
    ),
    'logsource: { product: audit }',
    ...(wrapper === undefined ? [] : [`wrappers: [${yamlText(wrapper.join('.'))}]`]),
    comment('What tells a record of this source: these members, with any value.'),
    `identify: { ${marksOf(suggestion)
      .map(({ path }) => `${yamlText(path)}: "*"`)
      .join(', ')} }`,
  ];
  const id = fields.get('id');
  if (id !== undefined) lines.push(`identity: [${yamlText(id.leaf.path)}]`);
  const time = fields.get('time');
  if (time !== undefined && ![...time.leaf.values.keys()].every(hasZone)) {
    lines.push(comment('The times name no zone, and none is guessed. Say it here, as in "+01:00":'));
    lines.push(comment('time: { zone: "Z" }'));
  }
  lines.push('fields:');
  for (const field of AUDIT_FIELDS) {
    const found = fields.get(field);
    if (found !== undefined) {
      const others = found.others.map(({ path }) => path);
      const also = others.length === 0 ? '' : `; or is it ${others.join(', ')}?`;
      lines.push(`  # ${escapeControls(`${evidenceOf(field, found.leaf, records)}${also}`)}`);
      lines.push(`  ${field}: ${fieldText(field, found.leaf)}`);
    } else if (REQUIRED.includes(field)) {
      lines.push(
        `  # ${field}: nothing looks like it. Each record without it is a finding; "lacks: [${field}]" says that the source has none.`,
      );
    }
  }
  if (lists.length > 0)
    lines.push(
      comment(
        `Of lists within a record (${lists.map((way) => truncate(way, EXAMPLE_WIDTH)).join(', ')}) each member gives its values to the one event. Where each is an event, name the list under "wrappers".`,
      ),
    );
  if (rest.length > 0) {
    const more = rest.length > MAX_REST ? `, and ${rest.length - MAX_REST} more` : '';
    const names = rest.slice(0, MAX_REST).map(({ path }) => truncate(path, EXAMPLE_WIDTH));
    lines.push(comment(`Not used: ${names.join(', ')}${more}`));
  }
  return `${lines.join('\n')}\n`;
}

/** Members that most records have: those that say when, who and what. */
function marksOf({ fields, records }: MappingSuggestion): Leaf[] {
  const marks = (['time', 'actor', 'action'] as const).flatMap((field) => fields.get(field)?.leaf ?? []);
  const common = marks.filter(({ present }) => present > COMMON * records);
  return common.length > 0 ? common : marks.slice(0, 1);
}

function evidenceOf(field: AuditField, { present, values }: Leaf, records: number): string {
  const shown = [...values.keys()].slice(0, 3).map((text) => quote(truncate(text, EXAMPLE_WIDTH)));
  const examples = SHOWN.has(field) ? `: ${shown.join(', ')}${values.size > 3 ? ', …' : ''}` : '';
  return `in ${present} of ${count(records, 'record')}${examples}`;
}

function fieldText(field: AuditField, leaf: Leaf): string {
  const from = yamlText(leaf.path);
  if (field === 'outcome') return outcomeText(from, leaf);
  if (field === 'decision')
    return `{ from: ${from}, map: { ${entriesOf(leaf, DECISION_WORDS)} }, otherwise: "" }`;
  return from;
}

/** Only values that were seen are translated; what comes later and is not known is an unknown outcome, never a success. */
function outcomeText(from: string, leaf: Leaf): string {
  const isCode = [...leaf.values.keys()].some(isStatusCode);
  const codes = isCode
    ? ['"1??": success, "2??": success, "3??": success, "4??": failure, "5??": failure']
    : [];
  const saysFailed = wordsOf(leaf.keys.at(-1)!).some(
    (word) => OUTCOME_WORDS.get(word) === 'failure' && !YES_OR_NO.has(word),
  );
  const isYesOrNo = [...leaf.values.keys()].every((text) => YES_OR_NO.has(text.toLowerCase()));
  const words = saysFailed && isYesOrNo ? INVERTED : OUTCOME_WORDS;
  const map = [entriesOf(leaf, words), ...codes].filter((text) => text !== '').join(', ');
  return `{ from: ${from}, map: { ${map} }, otherwise: unknown }`;
}

/** Of `failed: yes` it is the name that says what is meant. */
const INVERTED = new Map(
  [...YES_OR_NO].map(([text, word]) => [text, word === 'success' ? 'failure' : 'success']),
);

function entriesOf({ values }: Leaf, words: ReadonlyMap<string, string>): string {
  return [...values.keys()]
    .flatMap((text) => {
      const word = words.get(text.toLowerCase());
      return word === undefined ? [] : [`${yamlText(text)}: ${word}`];
    })
    .join(', ');
}

/** Plain where YAML reads it as the text it is, else in quotes, as JSON has them. */
function yamlText(text: string): string {
  const isPlain = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(?:true|false|yes|no|on|off|y|n|null)$/i.test(text);
  return isPlain ? text : escapeJson(JSON.stringify(text));
}
