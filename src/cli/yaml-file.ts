/** A YAML file of the user or of ours: read, parsed, and its mistakes placed by line and column. */
import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import { sha256Hex } from '../base/digest.ts';
import { NEWLINE } from '../base/lexical.ts';
import { toPlain } from '../base/yaml-shape.ts';
import { parseYamlDocument, type YamlNode } from '../base/yaml-tree.ts';
import type { Problem } from '../model/problem.ts';

export type YamlPath = readonly (string | number)[];

/** Says that something is wrong at a path of a document. */
export type ReportAt = (path: YamlPath, message: string) => void;

export type YamlFile = { file: string; value: unknown; root: YamlNode | undefined };

/** By place, of the bytes that were read last. */
const digestsRead = new Map<string, string>();

/** SHA-256 of a file as `readText` read it, which is what a run was told, whatever has become of the file since. */
export function digestAsRead(file: string): string | undefined {
  return digestsRead.get(path.resolve(file));
}

/** The text of a file, or a problem: in the system's words, or where it is no UTF-8. */
export function readText(file: string, problems: Problem[]): string | undefined {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    problems.push({ file, line: 0, column: 0, message: `cannot be read: ${reason}` });
    return undefined;
  }
  digestsRead.set(path.resolve(file), sha256Hex(bytes));
  // With another character in the place of a wrong byte, a rule would never match.
  if (isUtf8(bytes)) return bytes.toString();
  problems.push({ file, line: wrongLine(bytes), column: 1, message: 'this line is not UTF-8' });
  return undefined;
}

function wrongLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
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
export function positionAt(root: YamlNode | undefined, path: YamlPath): { line: number; column: number } {
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
