/** `--pack NAME`: the shipped packs of `rules/packs/` by name, and packs of one's own by path. */
import fs from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe } from '../base/yaml-shape.ts';
import { parseYamlDocument } from '../base/yaml-tree.ts';
import type { Problem } from '../model/problem.ts';
import type { Detection, Rule } from '../model/rule.ts';
import type { Pack } from '../packs/pack.ts';
import { parsePack } from '../packs/parse-pack.ts';
import type { Tell } from './config-places.ts';
import { LIBRARY, loadClasses } from './library.ts';
import { listFiles, YAML_NAME } from './list-files.ts';
import { readText } from './yaml-file.ts';

const FOLDER = path.join(LIBRARY, 'packs');

/** The names of those that come with us, sorted. */
export function shippedPacks(problems: Problem[] = []): string[] {
  return listFiles(FOLDER, YAML_NAME, problems).map(nameOf);
}

/** Of a pack that is named, not one that lies somewhere. */
export function isPackName(text: string): boolean {
  return /^[a-z0-9-]+$/.test(text);
}

/** Each once, in the order of the names. `known`: all rules, of which `running` are those of this run. */
export function loadPacks(
  names: readonly string[],
  known: readonly Rule[],
  running: readonly Rule[],
  problems: Problem[],
  tell: (name: string) => Tell = () => asFlag(problems),
): { packs: Pack[]; classes: Detection[] } {
  if (names.length === 0) return { packs: [], classes: [] };
  const classes = loadClasses(problems);
  const ruleId = finderOf([...classes, ...known]);
  const packs: Pack[] = [];
  for (const name of new Set(names)) {
    const pack = loadPack(name, ruleId, problems, tell(name));
    if (pack === undefined) continue;
    const other = packs.find((each) => each.name === pack.name);
    if (other === undefined) packs.push(pack);
    else
      problems.push({
        file: pack.file,
        line: 0,
        column: 0,
        message: `${quote(other.file)} is a pack of the same name`,
      });
  }
  // Each class takes its time with every event: those that nobody asks for stay out.
  const checks = JSON.stringify(packs.map(({ controls }) => controls.map((control) => control.checks)));
  const shown = new Set(running.flatMap(({ shownBy = [] }) => shownBy));
  return {
    packs,
    classes: classes.filter(({ id, name }) => checks.includes(id) || shown.has(name ?? id)),
  };
}

/** All that come with us. */
export function loadShippedPacks(known: readonly Rule[], problems: Problem[]): Pack[] {
  return loadPacks(shippedPacks(problems), known, known, problems).packs;
}

type RuleFinder = (name: string) => { id?: string; near: string };

function finderOf(rules: readonly Rule[]): RuleFinder {
  const ids = new Map<string, string>();
  for (const { id, name, title } of rules)
    for (const each of [id, name, title]) if (each !== undefined && !ids.has(each)) ids.set(each, id);
  const names = [...ids.keys()];
  return (name) => {
    const id = ids.get(name);
    return id === undefined ? { near: didYouMean(name, names) } : { id, near: '' };
  };
}

function asFlag(problems: Problem[]): Tell {
  return (message) => void problems.push({ file: '--pack', line: 0, column: 0, message });
}

function loadPack(nameOrFile: string, ruleId: RuleFinder, problems: Problem[], tell: Tell): Pack | undefined {
  const shipped = path.join(FOLDER, `${nameOrFile}.yaml`);
  const isShipped = isPackName(nameOrFile);
  if (isShipped && !fs.existsSync(shipped)) {
    const known = shippedPacks();
    tell(
      `unknown pack ${quote(nameOrFile)}${didYouMean(nameOrFile, known)}, known are ${known.join(', ')}; a pack of your own is named by its path`,
    );
    return undefined;
  }
  const place = isShipped ? shipped : nameOrFile;
  const text = readText(place, problems);
  if (text === undefined) return undefined;
  // As for rules: a report reads the same on every machine.
  const file = isShipped ? `rules/packs/${nameOrFile}.yaml` : nameOrFile;
  const before = problems.length;
  const { root, problems: mistakes } = parseYamlDocument(file, text);
  problems.push(...mistakes);
  if (root?.kind === 'map') {
    const pack = parsePack(file, nameOf(place), root, ruleId, problems);
    return problems.length > before ? undefined : pack;
  }
  if (mistakes.length === 0) {
    const found = root === undefined ? 'nothing' : describe(root);
    problems.push({ file, line: 1, column: 1, message: `expected a pack with "controls", found ${found}` });
  }
  return undefined;
}

function nameOf(file: string): string {
  return path.basename(file).replace(YAML_NAME, '');
}
