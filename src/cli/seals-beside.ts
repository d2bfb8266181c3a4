/** Lists of digests that lie beside a log which was named alone: they were not asked for, and could tell that it is another one now. */
import fs from 'node:fs';
import path from 'node:path';
import { getOrCreate } from '../base/get-or-create.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { textSealOf } from '../engine/seals.ts';
import type { CheckResult } from '../model/check.ts';
import type { Notice } from '../model/report.ts';
import type { DiscoveredFile } from '../read/discover.ts';

/** A list of ten thousand files has 800 kB. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** One notice for each list that names some of `files` and is none of them. Of a folder that was named all are read. */
export function findSealsBeside(files: readonly DiscoveredFile[]): CheckResult[] {
  const named = new Set(files.map(({ file }) => path.resolve(file)));
  const byFolder = new Map<string, DiscoveredFile[]>();
  for (const file of files) {
    if (!file.regular || file.sealed !== undefined) continue;
    getOrCreate(byFolder, path.dirname(file.file), () => []).push(file);
  }
  const notices = [...byFolder].flatMap(([folder, logs]) =>
    listsIn(folder)
      .filter((list) => !named.has(path.resolve(list)))
      .flatMap((list) => noticeOf(list, logs) ?? []),
  );
  return notices.length === 0 ? [] : [{ findings: [], notices }];
}

function listsIn(folder: string): string[] {
  try {
    const names = fs.readdirSync(folder).filter((name) => textSealOf(name) !== undefined);
    return names.sort(compareText).map((name) => path.join(folder, name));
  } catch {
    // A folder that may be passed through, and not be listed.
    return [];
  }
}

function noticeOf(list: string, logs: readonly DiscoveredFile[]): Notice | undefined {
  // As words: to seek thousands of names in a long text takes seconds.
  const words = new Set(textOf(list).split(/[\s*/\\()]+/));
  const listed = logs.find(({ file }) => {
    const name = path.basename(file);
    // `NAME.sha256` may hold the digest alone.
    return words.has(name) || path.basename(list).startsWith(`${name}.`);
  });
  if (listed === undefined) return undefined;
  const message = `${quote(list)} names ${quote(listed.file)} and was not looked at: name it, or the folder, to hold the log to it`;
  return { code: 'unread-list', message };
}

/** Empty where it cannot be read: then nobody knows what it names. */
function textOf(list: string): string {
  try {
    const stats = fs.statSync(list);
    return stats.isFile() && stats.size <= MAX_LIST_BYTES ? fs.readFileSync(list, 'latin1') : '';
  } catch {
    return '';
  }
}
