/** Lists of digests that lie beside a log which was named alone: they were not asked for, and could tell that it is another one now. */
import fs from 'node:fs';
import path from 'node:path';
import { getOrCreate } from '../base/get-or-create.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { textSealOf } from '../engine/seals.ts';
import type { CheckResult } from '../model/check.ts';
import type { Notice } from '../model/report.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { isBelow } from './places.ts';

/** As a seal that was looked at beside the run, and is no input of it. */
const NOT_READ = { sha256: null, status: 'skipped', source: null, records: 0, span: undefined } as const;

/** A list of ten thousand files has 800 kB. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/**
 * One notice for each list that names some of `files` and is none of them. Of a folder among `paths` all lists are read but
 * those that somebody left out.
 */
export function findSealsBeside(files: readonly DiscoveredFile[], paths: readonly string[]): CheckResult[] {
  const read = new Set(files.map(({ file }) => path.resolve(file)));
  const folders = paths.filter((place) => statOf(place)?.isDirectory());
  const named = new Map<string, string[]>();
  for (const { file, regular, sealed } of files) {
    if (!regular || sealed !== undefined || folders.some((folder) => isBelow(folder, file))) continue;
    getOrCreate(named, path.dirname(file), (): string[] => []).push(file);
  }
  const notices = [...named].flatMap(([folder, logs]) =>
    listsIn(folder)
      .filter((list) => !read.has(path.resolve(list)))
      .flatMap((list) => noticeOf(list, logs) ?? []),
  );
  return notices.length === 0 ? [] : [{ findings: [], notices }];
}

/** Undefined of a pattern, too, and of whatever is no name of a file. */
function statOf(place: string): fs.Stats | undefined {
  try {
    return fs.statSync(place);
  } catch {
    return undefined;
  }
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

function noticeOf(list: string, logs: readonly string[]): Notice | undefined {
  if (statOf(list)?.isFile() !== true) return undefined;
  const listed = listedIn(list);
  if (listed === undefined) {
    const message = `${quote(list)} lies beside ${quote(logs[0]!)}, and was neither looked at nor can it be: what it names is not known`;
    return { code: 'unread-list', message };
  }
  const log = logs.find((file) => listed.has(path.resolve(file)));
  if (log === undefined) return undefined;
  const message = `${quote(list)} names ${quote(log)} and was not looked at: name it, or the folder, to hold the log to it`;
  return { code: 'unread-list', message };
}

/** The files that it names; undefined where it is too long or cannot be read. */
function listedIn(list: string): ReadonlySet<string> | undefined {
  let text: string;
  try {
    if (fs.statSync(list).size > MAX_LIST_BYTES) return undefined;
    text = fs.readFileSync(list, 'utf8');
  } catch {
    return undefined;
  }
  const kind = textSealOf(list)!;
  const seal = { ...NOT_READ, file: list, part: kind.parse(list, text) };
  return new Set([...(kind.wants?.([seal]) ?? [])].map(({ file }) => path.resolve(file)));
}
