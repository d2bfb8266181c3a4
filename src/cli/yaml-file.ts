/** A YAML file of the user or of ours: read, parsed, and its mistakes placed by line and column. */
import fs from 'node:fs';
import { toPlain } from '../base/yaml-shape.ts';
import { parseYamlDocument, type YamlNode } from '../base/yaml-tree.ts';
import type { Problem } from '../model/problem.ts';

export type YamlPath = readonly (string | number)[];

/** Says that something is wrong at a path of a document. */
export type ReportAt = (path: YamlPath, message: string) => void;

export type YamlFile = { file: string; value: unknown; root: YamlNode | undefined };

/** The text of a file, or a problem in the system's words. */
export function readText(file: string, problems: Problem[]): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    problems.push({ file, line: 0, column: 0, message: `cannot be read: ${reason}` });
    return undefined;
  }
}

/** The one document of a file; undefined when it cannot be read or parsed, and the problems say why. */
export function readYamlFile(file: string, problems: Problem[]): YamlFile | undefined {
  const text = readText(file, problems);
  return text === undefined ? undefined : parseYamlFile(file, text, problems);
}

export function parseYamlFile(file: string, text: string, problems: Problem[]): YamlFile | undefined {
  const { root, problems: mistakes } = parseYamlDocument(file, text);
  problems.push(...mistakes);
  if (mistakes.length > 0) return undefined;
  return { file, value: root === undefined ? {} : toPlain(root), root };
}

/** Turns mistakes at paths into problems at lines and columns. */
export function reporterFor(yaml: YamlFile, problems: Problem[]): ReportAt {
  return (path, message) => {
    const { line, column } = positionAt(yaml.root, path);
    problems.push({ file: yaml.file, line, column, message });
  };
}

/** The position of the deepest node on the way to `path`; of a key where the path ends at a member. */
function positionAt(root: YamlNode | undefined, path: YamlPath): { line: number; column: number } {
  let node = root;
  let position = { line: node?.line ?? 1, column: node?.column ?? 1 };
  for (const step of path) {
    if (node?.kind === 'map') {
      const entry = node.entries.find(({ key }) => key === String(step));
      if (entry === undefined) break;
      position = { line: entry.line, column: entry.column };
      node = entry.value;
    } else if (node?.kind === 'list') {
      const item = node.items[Number(step)];
      if (item === undefined) break;
      position = { line: item.line, column: item.column };
      node = item;
    } else break;
  }
  return position;
}
