/** Pre-images that list the fields every record has, then hold all the others as JSON. */
import type { CandidateParts, PartDocument } from './candidate.ts';
import type { FoundChain, Link } from './find-chains.ts';
import { isCommonForm, type JsonFormDocument, toPart } from './json-forms.ts';
import { type Orders, STYLED_JOINERS } from './listed-fields.ts';
import type { Proposal } from './search.ts';
import { type Before, withoutOf } from './whole-record.ts';

/** Fields that stand next to each other; more are no envelope around what differs. */
const MAX_FIELDS = 12;

/** `orders`: one item of each top member. The previous hash behind both, between them, before them, or nowhere. */
export function* fieldsAndRest(
  parts: CandidateParts,
  chain: FoundChain,
  link: Link,
  orders: Orders,
  befores: readonly Before[],
  forms: readonly JsonFormDocument[],
): Generator<Proposal> {
  const before = befores.filter(({ text }) => typeof text === 'string');
  const known = new Set<string>();
  for (const items of orders) {
    for (let size = 2; size <= Math.min(MAX_FIELDS, items.length); size++) {
      for (let from = 0; from + size <= items.length; from++) {
        const run = items.slice(from, from + size);
        const paths = run.map(({ path }) => path).join('\n');
        if (known.has(paths)) continue;
        known.add(paths);
        const without = [...withoutOf(chain, true), ...run.map(({ path }) => path)];
        for (const form of forms) {
          if (form.kind === 'raw' || !isCommonForm(form)) continue;
          const rest = toPart(form, { without });
          const text = parts.write(rest, link)?.toString();
          if (text === undefined) continue;
          const fields: Written[] = run.map((item) => ({
            text: item.text,
            part: 'field' in item.part ? { field: item.part.field } : item.part.part,
          }));
          for (const order of withPrevious(fields, { text, part: rest }, before)) {
            const texts = order.map((each) => each.text);
            for (const separator of STYLED_JOINERS)
              yield { text: texts.join(separator), parts: () => separated(order, separator) };
          }
        }
      }
    }
  }
}

type Written = { text: string; part: PartDocument };

function* withPrevious(
  fields: readonly Written[],
  rest: Written,
  befores: readonly Before[],
): Generator<Written[]> {
  yield [...fields, rest];
  for (const { text, part } of befores) {
    const previous = { text: text.toString(), part };
    yield [...fields, rest, previous];
    yield [previous, ...fields, rest];
    yield [...fields, previous, rest];
  }
}

function separated(order: readonly Written[], separator: string): PartDocument[] {
  return order.flatMap(({ part }, index) =>
    index === 0 || separator === '' ? [part] : [{ literal: separator }, part],
  );
}
