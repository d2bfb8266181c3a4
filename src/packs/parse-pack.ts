/**
 * A pack file: who wrote the framework, since when it holds, and its controls, each with the checks that logs allow.
 *
 *     title: SOC 2, Trust Services Criteria
 *     version: "2017, points of focus of 2022"
 *     effective: 2018-12-15
 *     url: https://…
 *     controls:
 *       - {id: CC7.2, title: Anomalies are looked for, strength: partial, checks: [{rules: named}, {silence: 7 days}]}
 *       - {id: CC1.1, title: Integrity and ethics, strength: none, reason: people show it, not logs}
 */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, ShapeReader, scalarText } from '../base/yaml-shape.ts';
import type { YamlEntry, YamlMap, YamlMistake, YamlNode } from '../base/yaml-tree.ts';
import type { ControlStrength } from '../model/control.ts';
import { CHECK_KINDS } from './index.ts';
import type { Pack, PackCheck, PackControl } from './pack.ts';
import type { PackReader, PackValue } from './pack-check-kind.ts';

const PACK_KEYS = ['title', 'version', 'effective', 'superseded', 'successor', 'url', 'controls'];
const CONTROL_KEYS = ['id', 'title', 'strength', 'checks', 'effective', 'superseded', 'url', 'reason'];
const STRENGTHS: readonly ControlStrength[] = ['strong', 'partial', 'none'];

/** As findings name it behind the colon: one word, whatever brackets a framework likes. */
const CONTROL_ID = /^[A-Za-z0-9(][A-Za-z0-9().-]*$/;
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Every mistake goes to `problems`. `ruleId`: undefined for a rule that nobody knows. */
export function parsePack(
  file: string,
  name: string,
  root: YamlMap,
  ruleId: (name: string) => { id?: string; near: string },
  problems: YamlMistake[],
): Pack {
  const reader = new ShapeReader(file, root, problems);
  refuseOtherKeys(reader, PACK_KEYS);
  if (!NAME.test(name))
    reader.problem(
      root,
      `a pack is named as its file, which must be words in lower case joined by -, found ${quote(name)}`,
    );
  const superseded = readDate(reader, 'superseded');
  const successor = reader.text('successor');
  const shapes = reader.shapes('controls');
  if (shapes.length === 0 && (reader.get('controls')?.kind ?? 'null') === 'null')
    reader.problem(root, 'expected "controls", found none');
  const controls = shapes.map((shape) => readControl(shape, ruleId));
  const known = new Set<string>();
  for (const { id, position } of controls) {
    if (known.has(id)) reader.problem(position, `the control ${quote(id)} is there twice`);
    known.add(id);
  }
  return {
    name,
    title: required(reader, 'title'),
    version: required(reader, 'version'),
    effective: readDate(reader, 'effective') ?? required(reader, 'effective'),
    ...(superseded !== undefined && { superseded }),
    ...(successor !== undefined && { successor }),
    url: required(reader, 'url'),
    file,
    controls,
  };
}

function readControl(
  reader: ShapeReader,
  ruleId: (name: string) => { id?: string; near: string },
): PackControl {
  refuseOtherKeys(reader, CONTROL_KEYS);
  const id = required(reader, 'id');
  if (id !== '' && !CONTROL_ID.test(id))
    reader.problem(
      reader.get('id')!,
      `an id is letters, digits, dots, hyphens and brackets, found ${quote(id)}`,
    );
  const strength = reader.choice('strength', STRENGTHS);
  if (reader.get('strength') === undefined)
    reader.problem(reader.map, `expected "strength": one of ${STRENGTHS.join(', ')}`);
  const shapes = reader.shapes('checks');
  const checks = shapes.flatMap((shape) => readCheck(shape, ruleId));
  const reason = reader.text('reason');
  if (shapes.length === 0 && reason === undefined)
    reader.problem(reader.map, 'expected "checks", or a "reason" why logs show nothing of the control');
  if ((strength === 'none') !== (shapes.length === 0) && strength !== undefined)
    reader.problem(reader.map, 'a control has the strength none exactly where it has no checks');
  const effective = readDate(reader, 'effective');
  const superseded = readDate(reader, 'superseded');
  const url = reader.text('url');
  const { line, column } = reader.map;
  return {
    id,
    title: required(reader, 'title'),
    strength: strength ?? 'none',
    checks,
    ...(effective !== undefined && { effective }),
    ...(superseded !== undefined && { superseded }),
    ...(url !== undefined && { url }),
    ...(reason !== undefined && { reason }),
    position: { line, column },
  };
}

function readCheck(
  reader: ShapeReader,
  ruleId: (name: string) => { id?: string; near: string },
): PackCheck[] {
  const [entry, ...more] = reader.map.entries;
  const names = CHECK_KINDS.map(({ name }) => name);
  if (entry === undefined || more.length > 0) {
    reader.problem(reader.map, `a check has one key, one of ${names.join(', ')}`);
    return [];
  }
  const kind = CHECK_KINDS.find(({ name }) => name === entry.key);
  if (kind === undefined) {
    const found = `found ${quote(entry.key)}${didYouMean(entry.key, names)}`;
    reader.problem(entry, `expected a check, one of ${names.join(', ')}, ${found}`);
    return [];
  }
  const values = readValues(reader, entry);
  if (values.length === 0) return [];
  const packReader: PackReader = {
    problem: (at, message) => reader.problem(at.line === 0 ? entry : at, message),
    ruleId(value) {
      const { id, near } = ruleId(value.text);
      if (id === undefined)
        reader.problem(
          value,
          `expected a rule or a class of events by id, name or title, found ${quote(value.text)}${near}`,
        );
      return id;
    },
  };
  const params = kind.parse(values, packReader);
  return params === undefined ? [] : [{ kind: kind.name, params }];
}

function readValues(reader: ShapeReader, entry: YamlEntry): PackValue[] {
  const nodes: readonly YamlNode[] = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const values = nodes.flatMap((node): PackValue[] => {
    const text = scalarText(node);
    if (text !== undefined) return [{ text, line: node.line, column: node.column }];
    reader.problem(node, `${quote(entry.key)} takes a text or a list of texts, found ${describe(node)}`);
    return [];
  });
  if (nodes.length === 0) reader.problem(entry, `${quote(entry.key)} takes at least one text, found none`);
  return values;
}

function required(reader: ShapeReader, key: string): string {
  const text = reader.text(key)?.trim() ?? '';
  const node = reader.get(key);
  if (text === '' && (node === undefined || node.kind === 'null' || scalarText(node) !== undefined))
    reader.problem(node ?? reader.map, `expected ${quote(key)}, found none`);
  return text;
}

function readDate(reader: ShapeReader, key: string): string | undefined {
  const text = reader.text(key);
  if (text === undefined) return undefined;
  if (DATE.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))) return text;
  reader.problem(reader.get(key)!, `${quote(key)} must be a date like 2026-05-22, found ${quote(text)}`);
  return text;
}

function refuseOtherKeys(reader: ShapeReader, known: readonly string[]): void {
  for (const entry of reader.map.entries) {
    if (known.includes(entry.key)) continue;
    reader.problem(
      entry,
      `unknown key ${quote(entry.key)}${didYouMean(entry.key, known)}, known are ${known.join(', ')}`,
    );
  }
}
