/** One rule file converted: Sigma rules with old pipes, and rules of Panther. What needs no conversion stays as it is. */
import { parseYaml } from '../base/yaml-tree.ts';
import type { Problem } from '../model/problem.ts';
import type { ConvertedDocument, ConvertedFile } from './converted.ts';
import { type LosslessDocument, pairOf, readLossless, textOf, writeDocument } from './lossless-yaml.ts';
import { convertOldPipe, pipesOf } from './old-pipe-rule.ts';
import { convertPanther, isPanther } from './panther-rule.ts';

export type { ConvertedFile } from './converted.ts';

/**
 * A document that cannot be converted is a problem, and stays in the text as it was, for it is refused there; unless it is
 * Panther's, which is no rule here. `names`: names of rules that are taken, of whatever file; those it makes are added.
 */
export function convertRuleFile(file: string, text: string, names: Set<string>): ConvertedFile {
  // Repeated keys, deep nesting and aliases without anchors end here.
  const { problems } = parseYaml(file, text);
  if (problems.length > 0) return { text: undefined, notes: [], problems };
  const documents = readLossless(text);
  for (const { root } of documents) {
    const name = textOf(root, 'name');
    if (name !== undefined) names.add(name);
  }
  const isCollection = documents.some(({ root }) => pairOf(root, 'action') !== undefined);
  const converted: ConvertedFile = { text: undefined, notes: [], problems: [] };
  const texts: string[] = [];
  let changed = false;
  for (const document of documents) {
    const result = convertDocument(document, isCollection, names);
    if (result !== undefined && 'texts' in result) {
      changed = true;
      texts.push(...result.texts);
      converted.notes.push(...result.notes.map((note): Problem => ({ file, ...note })));
      continue;
    }
    if (result !== undefined) converted.problems.push({ file, ...result.failure });
    if (!isPanther(document)) texts.push(writeDocument(document.yaml));
  }
  if (changed) converted.text = texts.join('---\n');
  return converted;
}

/** Undefined: there is nothing in it to convert. */
function convertDocument(
  document: LosslessDocument,
  isCollection: boolean,
  names: Set<string>,
): ConvertedDocument | undefined {
  if (isPanther(document)) return convertPanther(document);
  const [pipe] = pipesOf(document);
  if (pipe === undefined) return undefined;
  if (!isCollection) return convertOldPipe(document, names);
  const message = 'the rule is part of a collection ("action"): write its documents out, then convert them';
  return { failure: { ...document.positionOf(pipe), message } };
}
