/** A Sigma rule with an old pipe, as the detection and the correlation that say the same; what else it holds stays. */
import { createHash } from 'node:crypto';
import { type Document, isMap, isScalar, isSeq, type Node, Pair, type Scalar, YAMLMap } from 'yaml';
import { quote } from '../base/text-safety.ts';
import { linkRules } from '../match/link-rules.ts';
import { type PipeCorrelation, readOldPipe, UNSAID_TIMESPAN } from '../match/old-pipe.ts';
import { parseRuleFile } from '../match/parse-rules.ts';
import { RELATIONS } from '../relations/index.ts';
import type { ConvertedDocument } from './converted.ts';
import {
  type LosslessDocument,
  listNode,
  newDocument,
  nodeOf,
  pairOf,
  plainNode,
  textNode,
  textOf,
  writeDocument,
} from './lossless-yaml.ts';

/** What names a rule and its origin: both documents say it. */
const SHARED_KEYS = [
  'status',
  'description',
  'license',
  'references',
  'author',
  'date',
  'modified',
  'tags',
  'falsepositives',
  'level',
  'control',
  'owner',
  'fix',
];

/** What a rule says when it speaks, and is tested for: of the two only the correlation does. */
const MOVED_KEYS = ['message', 'effective', 'suppress', 'tests'];

/** The conditions with a pipe, each as a scalar of the document. */
export function pipesOf({ root }: LosslessDocument): Scalar<string>[] {
  const detection = nodeOf(root, 'detection');
  const condition = isMap(detection) ? nodeOf(detection, 'condition') : undefined;
  const nodes = isSeq(condition) ? condition.items : [condition];
  return nodes.filter(
    (node): node is Scalar<string> =>
      isScalar(node) && typeof node.value === 'string' && node.value.includes('|'),
  );
}

/** `names`: those of rules that are taken; the new ones are added. */
export function convertOldPipe(document: LosslessDocument, names: Set<string>): ConvertedDocument {
  const [found] = pipesOf(document);
  const position = document.positionOf(found);
  const fail = (message: string): ConvertedDocument => ({ failure: { ...position, message } });
  const yaml = document.yaml.clone() as Document;
  const root = yaml.contents as YAMLMap;
  const detection = nodeOf(root, 'detection') as YAMLMap;
  const condition = nodeOf(detection, 'condition');
  if (isSeq(condition) && condition.items.length > 1)
    return fail('the condition is a list, and each of it is a rule: write them as rules of one condition');
  if (pairOf(root, 'levels') !== undefined)
    return fail('"levels" are for events, and the correlation in its place counts them: take them out first');
  const scalar = (isSeq(condition) ? condition.items[0] : condition) as Scalar<string>;
  const name = nameOf(root, names);
  const timespan = textOf(detection, 'timeframe');
  const reading = readOldPipe(scalar.value, { reference: name, timespan })!;
  if ('advice' in reading)
    return fail(`no correlation says what ${quote(reading.aggregation)} does${reading.advice}`);

  scalar.value = reading.condition;
  addName(root, name);
  const others = reading.selections.map((selection) => ({
    selection,
    name: freeName(`${name}_${selection}`, names),
  }));
  const correlation = { ...reading.correlation, rules: [name, ...others.map((other) => other.name)] };
  const timeframe = pairOf(detection, 'timeframe');
  detection.delete('timeframe');
  try {
    const texts = [
      ...others.map((other) => writeDocument(selectionRule(root, other))),
      writeDocument(correlationRule(root, correlation, timeframe, names)),
    ];
    if (!/\bof\b/i.test(reading.condition))
      for (const { selection } of others)
        if (!reading.condition.split(/[\s()]+/).includes(selection)) detection.delete(selection);
    texts.unshift(writeDocument(yaml));
    const mistake = mistakeOf(texts);
    if (mistake !== undefined) return fail(`what would take its place cannot run: ${mistake}`);
    const notes =
      timespan === undefined
        ? [
            {
              ...position,
              message: `the rule has no "timeframe": choose the "timespan", ${UNSAID_TIMESPAN} stands there now`,
            },
          ]
        : [];
    return { texts, notes };
  } catch (error) {
    // An alias whose anchor went into the other document.
    if (!(error instanceof Error && /anchor/i.test(error.message))) throw error;
    return fail('an alias of the rule would lose its anchor, write its value out');
  }
}

/** What we have against the documents ourselves: nothing is handed out that does not run. */
function mistakeOf(texts: readonly string[]): string | undefined {
  const { documents, problems } = parseRuleFile('', texts.join('---\n'));
  // What the rule needs of other files (tables of `expand`) is no business of the conversion: `ruleSet.errors` stay out.
  const refused = documents.flatMap((each) => (each.kind === 'refused' ? [each.error] : []));
  const linked = linkRules(documents);
  const mistakes = [...problems, ...refused, ...linked.problems].map(({ message }) => message);
  for (const rule of linked.ruleSet.rules)
    if (rule.kind === 'correlation')
      RELATIONS.find(({ type }) => type === rule.type)?.compile(rule, (message) => mistakes.push(message));
  return mistakes[0];
}

/** The name of the rule, or one made of its title: a correlation refers to it. */
function nameOf(root: YAMLMap, names: Set<string>): string {
  const own = textOf(root, 'name');
  if (own !== undefined) return own;
  const words = (textOf(root, 'title') ?? '').toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return freeName(words.length === 0 ? 'rule' : words.join('_'), names);
}

function freeName(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let count = 2; names.has(name); count++) name = `${wanted}_${count}`;
  names.add(name);
  return name;
}

function addName(root: YAMLMap, name: string): void {
  if (pairOf(root, 'name') !== undefined) return;
  const after = pairOf(root, 'id') ?? pairOf(root, 'title');
  const at = after === undefined ? 0 : root.items.indexOf(after) + 1;
  root.items.splice(at, 0, new Pair(textNode('name'), textNode(name)));
}

/** A selection of `near` as a rule of its own, of the same events. */
function selectionRule(root: YAMLMap, { selection, name }: { selection: string; name: string }): Document {
  const document = newDocument();
  const rule = document.contents!;
  rule.set(textNode('title'), textNode(`${textOf(root, 'title') ?? name} (${selection})`));
  rule.set(textNode('name'), textNode(name));
  for (const key of ['logsource', 'taxonomy', 'timezone', 'sigma-version']) copyTo(rule, root, key);
  const detection = new YAMLMap();
  copyTo(detection, nodeOf(root, 'detection') as YAMLMap, selection);
  detection.set(textNode('condition'), textNode(selection));
  rule.set(textNode('detection'), detection);
  return document;
}

function correlationRule(
  root: YAMLMap,
  { type, rules, groupBy, timespan, condition }: PipeCorrelation,
  timeframe: Pair<Node, Node | null> | undefined,
  names: Set<string>,
): Document {
  const document = newDocument();
  const rule = document.contents!;
  copyTo(rule, root, 'title');
  const id = textOf(root, 'id');
  if (id !== undefined) rule.set(textNode('id'), textNode(correlationId(id)));
  // Without either it would be known by its title, as the detection may be.
  else rule.set(textNode('name'), textNode(freeName(`${rules[0]}_${type}`, names)));
  for (const key of SHARED_KEYS) copyTo(rule, root, key);
  const correlation = new YAMLMap();
  const set = (key: string, value: Node) => correlation.set(textNode(key), value);
  set('type', textNode(type));
  set('rules', listNode(rules));
  if (groupBy.length > 0) set('group-by', listNode(groupBy));
  const time = (timeframe?.value?.clone() as Scalar | undefined) ?? plainNode(timespan ?? UNSAID_TIMESPAN);
  if (timespan === undefined) time.comment = ' the rule has no "timeframe": choose';
  const timeKey = textNode('timespan');
  const before = (timeframe?.key as Scalar | undefined)?.commentBefore;
  if (before != null) timeKey.commentBefore = before;
  correlation.set(timeKey, time);
  if (condition !== undefined) {
    const limits = new YAMLMap();
    if (condition.field !== undefined) limits.set(textNode('field'), textNode(condition.field));
    limits.set(textNode(condition.comparison), plainNode(condition.limit));
    set('condition', limits);
  }
  rule.set(textNode('correlation'), correlation);
  for (const key of MOVED_KEYS) {
    const pair = pairOf(root, key);
    if (pair === undefined) continue;
    root.items = root.items.filter((each) => each !== pair);
    rule.items.push(pair);
  }
  return document;
}

/** A copy without the comments beside it, which stay where they were. */
function copyTo(target: YAMLMap, source: YAMLMap, key: string): void {
  const pair = pairOf(source, key);
  if (pair === undefined) return;
  const value = pair.value?.clone() as Node | undefined;
  if (value !== undefined) value.comment = null;
  target.items.push(new Pair(textNode(key), value ?? null));
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The same for the same rule, and another than its own: a UUID of version 5 within it (RFC 9562, section 5.5). */
function correlationId(id: string): string {
  if (!UUID.test(id)) return `${id}-correlation`;
  const digest = createHash('sha1')
    .update(Buffer.from(id.replaceAll('-', ''), 'hex'))
    .update('correlation')
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
