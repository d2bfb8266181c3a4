/** Which events a rule is for: a rule runs only where its logsource says so, else keyword rules match everything. */
import { quote } from '../base/text-safety.ts';
import type { ConditionNode, Detection, Logsource, LogsourceOffer, OfferedWord } from '../model/rule.ts';
import { parsePattern } from './parse-pattern.ts';

type Options = { ignoreLogsource?: boolean };

const KEYS = ['product', 'service', 'category'] as const;

/**
 * Whether some event of the source can be of the rule's logsource: every word that the rule names must be one the source
 * offers. A rule with an empty logsource is for all sources, as those of `taxonomy: audit` mostly are.
 */
export function appliesTo(
  { logsource }: Pick<Detection, 'logsource'>,
  offer: LogsourceOffer,
  options: Options = {},
): boolean {
  if (options.ignoreLogsource === true) return true;
  return neededKeys(logsource, offer).every((key) => offered(logsource[key]!, offer[key]) !== undefined);
}

/**
 * The detection as it runs on the source: with a condition more where the source offers a word of its logsource for some
 * of its events only, so that an index of conditions sees it. Undefined where the rule is not for the source.
 */
export function forSource(
  detection: Detection,
  offer: LogsourceOffer,
  options: Options = {},
): Detection | undefined {
  if (options.ignoreLogsource === true) return detection;
  const { logsource, condition } = detection;
  const nodes: ConditionNode[] = [];
  for (const key of neededKeys(logsource, offer)) {
    const word = offered(logsource[key]!, offer[key]);
    if (word === undefined) return undefined;
    const node = toNode(word);
    if (node !== undefined) nodes.push(node);
  }
  return nodes.length === 0
    ? detection
    : { ...detection, condition: { kind: 'and', nodes: [...nodes, condition] } };
}

/** The words of a logsource that none of the sources offers, as `product "zeek"`; none where they do, each by itself. */
export function unknownWords(logsource: Logsource, offers: readonly LogsourceOffer[]): string[] {
  return KEYS.flatMap((key) => {
    const word = logsource[key];
    const isKnown = word === undefined || offers.some((offer) => offered(word, offer[key]) !== undefined);
    return isKnown ? [] : [`${key} ${quote(word)}`];
  });
}

/** A category beside a product and a service adds nothing to a source without categories: Kubernetes rules say `application`. */
function neededKeys(logsource: Logsource, offer: LogsourceOffer): (keyof Logsource)[] {
  const isNamed = logsource.product !== undefined && logsource.service !== undefined;
  return KEYS.filter(
    (key) => logsource[key] !== undefined && !(key === 'category' && isNamed && offer.category.length === 0),
  );
}

function offered(word: string, words: readonly OfferedWord[]): OfferedWord | undefined {
  const wanted = word.toLowerCase();
  return words.find((each) => each.word.toLowerCase() === wanted);
}

/** One node for all rules of a word: thousands of them name `process_creation`. */
const nodes = new WeakMap<OfferedWord, ConditionNode>();

/** Undefined where the word is for all events. */
function toNode(word: OfferedWord): ConditionNode | undefined {
  if (word.when.length === 0) return undefined;
  let node = nodes.get(word);
  if (node === undefined) {
    node = joined('or', word.when.map(toForm));
    nodes.set(word, node);
  }
  return node;
}

function toForm(form: OfferedWord['when'][number]): ConditionNode {
  const items = Object.entries(form).map(([name, patterns]): ConditionNode => {
    const field = { taxonomy: 'raw' as const, name };
    return { kind: 'item', item: { field, modifiers: [], values: patterns.map(parsePattern) } };
  });
  return joined('and', items);
}

function joined(kind: 'and' | 'or', each: ConditionNode[]): ConditionNode {
  return each.length === 1 ? each[0]! : { kind, nodes: each };
}
