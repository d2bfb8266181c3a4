/** What every rule document may say of itself, and the log source that it is for. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import { SEVERITIES } from '../model/finding.ts';
import type { Logsource, RuleHead } from '../model/rule.ts';
import { parseEffective, parseSuppress } from './parse-governance.ts';
import { parseTests } from './parse-tests.ts';

/** Sigma 2.1, "Log source". */
const LOGSOURCE_KEYS = ['category', 'product', 'service', 'definition'];

export function parseLogsource(reader: ShapeReader): Logsource {
  const shape = reader.shape('logsource');
  const logsource: Logsource = {};
  for (const { key, line, column } of shape?.map.entries ?? []) {
    if (LOGSOURCE_KEYS.includes(key)) continue;
    // A misspelled key would let the rule run on every source.
    shape!.problem(
      { line, column },
      `unknown key ${quote(key)} in "logsource"${didYouMean(key, LOGSOURCE_KEYS)}`,
    );
  }
  for (const key of ['category', 'product', 'service'] as const) {
    const text = shape?.text(key);
    if (text !== undefined) logsource[key] = text;
  }
  return logsource;
}

const OPTIONAL_TEXTS = ['description', 'status', 'author', 'message', 'fix', 'owner'] as const;

/** What every document may say of itself. */
export function parseHead(file: string, reader: ShapeReader): RuleHead {
  const title = reader.text('title')?.trim() ?? '';
  if (title === '') reader.problem(reader.map, 'a rule needs a "title"');
  const name = reader.text('name');
  const texts = OPTIONAL_TEXTS.map((key) => reader.text(key));
  const head: RuleHead = {
    id: reader.text('id') ?? name ?? toIdentifier(title),
    title,
    file,
    line: reader.map.line,
    level: reader.choice('level', SEVERITIES) ?? 'medium',
    references: reader.texts('references'),
    tags: reader.texts('tags'),
    falsepositives: reader.texts('falsepositives'),
    controls: reader.texts('control'),
    tests: parseTests(reader),
  };
  if (name !== undefined) head.name = name;
  const shownBy = reader.texts('shown-by');
  if (shownBy.length > 0) head.shownBy = shownBy;
  const effective = parseEffective(reader);
  if (effective !== undefined) head.effective = effective;
  const suppress = parseSuppress(reader);
  if (suppress !== undefined) head.suppress = suppress;
  for (const [index, key] of OPTIONAL_TEXTS.entries()) {
    const text = texts[index];
    if (text !== undefined)
      head[key] = key === 'status' || key === 'author' || key === 'owner' ? text : text.trim();
  }
  return head;
}

/** Sigma allows a rule without an id; its title has to do. */
function toIdentifier(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}
