/** JSON objects that a writer puts together for the hash alone: some members, in an order of its own, the previous hash under a name of its own. */
import type { CandidateParts, PartDocument } from './candidate.ts';
import type { Link } from './find-chains.ts';
import { type JsonFormDocument, separatorOf } from './json-forms.ts';
import { rankOf } from './likely-names.ts';
import { arrangements, type Item } from './listed-fields.ts';
import type { Proposal } from './search.ts';
import { combinations } from './whole-record.ts';

/** What the previous hash is called in the object, where not as in the record. */
const PREVIOUS_NAMES = ['previousHash', 'previous_hash', 'prev_hash', 'prevHash'] as const;

/** Members of which all subsets are tried where the form sorts them, all orders and all neighbors where it does not. */
const MAX_SORTED = 12;
const MAX_ORDERED = 6;
const MAX_MEMBERS = 24;

/** One member: its entry of `only`, and its text under the form. */
type Member = Item & { key: string; rule: unknown };

/** What is tried of each form: cheap for all of them, then the many choices. */
const STAGES = ['neighbors', 'chosen', 'ordered'] as const;

/** `members`: those at the top of the record without those of the chain, in one order or several. */
export function* listedMembers(
  parts: CandidateParts,
  link: Link,
  members: readonly (readonly string[])[],
  previousName: string,
  differing: readonly JsonFormDocument[],
): Generator<Proposal> {
  if (link.written === '') return;
  const names = [...new Set([previousName, ...PREVIOUS_NAMES])];
  const forms = [...listedForms(differing)].flatMap(
    (each) => writtenMembers(parts, link, members, names, each) ?? [],
  );
  for (const stage of STAGES) {
    for (const { form, isSorted, orders, previous } of forms) {
      if (isSorted !== (stage === 'chosen')) continue;
      const separator = separatorOf(form);
      const choices =
        stage === 'neighbors'
          ? neighbors(orders)
          : stage === 'chosen'
            ? chosen(orders[0] ?? [])
            : ordered(orders[0] ?? []);
      for (const order of choices) {
        for (const each of previous) {
          for (const items of isSorted ? [inKeyOrder([...order, each])] : withPrevious(order, each))
            yield new Listed(form, separator, items);
        }
      }
    }
  }
}

class Listed implements Proposal {
  readonly text: string;
  private readonly form: JsonFormDocument;
  private readonly rules: readonly unknown[];

  constructor(form: JsonFormDocument, separator: string, items: readonly Member[]) {
    this.text = `{${items.map(({ text }) => text).join(separator)}}`;
    this.form = form;
    this.rules = items.map(({ rule }) => rule);
  }

  parts(): PartDocument[] {
    return [toOnly(this.form, this.rules)];
  }
}

type FormMembers = {
  form: JsonFormDocument;
  isSorted: boolean;
  orders: readonly (readonly Member[])[];
  /** Under each of its names. */
  previous: readonly Member[];
};

/** Undefined where the form's format of times changes nothing. */
function writtenMembers(
  parts: CandidateParts,
  link: Link,
  members: readonly (readonly string[])[],
  names: readonly string[],
  { form, time }: { form: JsonFormDocument; time: unknown },
): FormMembers | undefined {
  const toMember = (path: string, rule: unknown, key: string): Member | undefined => {
    const text = parts
      .write(toOnly(form, [rule]), link)
      ?.toString()
      .slice(1, -1);
    return text === undefined || text === '' ? undefined : { key, rule, path, text, part: { field: path } };
  };
  let changed = time === undefined;
  const found = new Map<string, Member>();
  for (const path of (members[0] ?? []).slice(0, MAX_MEMBERS)) {
    const key = keyOf(path);
    const plain = toMember(path, key === path ? key : { key, field: path }, key);
    const timed =
      time === undefined || plain === undefined || !/\d:\d\d/.test(plain.text)
        ? undefined
        : toMember(path, { key, field: path, format: time }, key);
    const isChanged = timed !== undefined && timed.text !== plain?.text;
    if (isChanged) changed = true;
    const member = isChanged ? timed : plain;
    if (member !== undefined) found.set(path, member);
  }
  if (!changed) return undefined;
  return {
    form,
    isSorted: form.kind === 'canonical' || form.options.sort !== 'none',
    orders: members.map((order) => order.flatMap((path) => found.get(path) ?? [])),
    previous: names.flatMap((key) => toMember('$previous', { key, field: '$previous' }, key) ?? []),
  };
}

/** Forms in which a record is put together, and how their languages write a time that is none of JSON's own kinds. */
function* listedForms(
  differing: readonly JsonFormDocument[],
): Generator<{ form: JsonFormDocument; time: unknown }> {
  const forms = differing
    .filter(({ kind, options }) => kind !== 'raw' && options['drop-nulls'] === undefined)
    .slice(0, 7);
  for (const form of forms) {
    yield { form, time: undefined };
    const isPython = 'separators' in form.options || form.options.ascii === true;
    yield { form, time: isPython ? 'python-isoformat' : 'javascript-iso' };
  }
}

/** The longest first; each once, though several records have the same neighbors. */
function* neighbors(orders: readonly (readonly Member[])[]): Generator<readonly Member[]> {
  const known = new Set<string>();
  for (const items of orders) {
    for (let size = items.length; size >= 1; size--) {
      for (let from = 0; from + size <= items.length; from++) {
        const run = items.slice(from, from + size);
        const paths = run.map(({ path }) => path).join('\n');
        if (known.has(paths)) continue;
        known.add(paths);
        yield run;
      }
    }
  }
}

function* ordered(items: readonly Member[]): Generator<readonly Member[]> {
  const window = likeliest(items).slice(0, MAX_ORDERED);
  for (let size = window.length; size >= 1; size--)
    yield* arrangements(window, size) as Generator<readonly Member[]>;
}

function* chosen(items: readonly Member[]): Generator<readonly Member[]> {
  const window = likeliest(items).slice(0, MAX_SORTED);
  for (let size = window.length; size >= 1; size--)
    for (const indexes of combinations(window.length, size)) yield indexes.map((index) => window[index]!);
}

function likeliest(items: readonly Member[]): Member[] {
  return items.toSorted((left, right) => rankOf(left) - rankOf(right));
}

function inKeyOrder(items: readonly Member[]): Member[] {
  return items.toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

/** Last, first, and before each of the others. */
function* withPrevious(order: readonly Member[], previous: Member): Generator<readonly Member[]> {
  yield [...order, previous];
  for (let at = 0; at < order.length; at++) yield [...order.slice(0, at), previous, ...order.slice(at)];
}

function keyOf(path: string): string {
  return path.replaceAll('\\.', '.');
}

function toOnly({ kind, options }: JsonFormDocument, only: readonly unknown[]): PartDocument {
  return { [kind]: { ...options, only } };
}
