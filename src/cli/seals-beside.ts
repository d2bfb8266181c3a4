/** Lists of digests that lie beside a log which was named alone: they were not asked for, and could tell that it is another one now. */
import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import { getOrCreate } from '../base/get-or-create.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { textSealOf } from '../engine/seals.ts';
import type { CheckResult } from '../model/check.ts';
import type { Notice } from '../model/report.ts';
import type { SealFile } from '../model/seal.ts';
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
  const say = (message: string): Notice => ({ code: 'unread-list', message: `${quote(list)} ${message}` });
  const seal = readSeal(list);
  if (seal === undefined)
    return say(
      `lies beside ${quote(logs[0]!)}, and was neither looked at nor can it be: what it names is not known`,
    );
  const kind = textSealOf(list)!;
  const listed = new Set([...(kind.wants?.([seal]) ?? [])].map(({ file }) => path.resolve(file)));
  const log = logs.find((file) => listed.has(path.resolve(file)));
  if (log !== undefined)
    return say(`names ${quote(log)} and was not looked at: name it, or the folder, to hold the log to it`);
  for (const each of logs) {
    const doubt = kind.doubtOf?.(seal, each);
    if (doubt !== undefined)
      return say(
        `lies beside ${quote(each)} and is no sound list of digests: ${doubt}; whether it named the log is not known: make it anew from where the log was made`,
      );
  }
  return undefined;
}

/** Undefined where it is too long or cannot be read. */
function readSeal(list: string): SealFile | undefined {
  try {
    if (fs.statSync(list).size > MAX_LIST_BYTES) return undefined;
    const bytes = fs.readFileSync(list);
    const text = isUtf8(bytes) ? bytes.toString() : undefined;
    return { ...NOT_READ, file: list, part: textSealOf(list)!.parse(list, text) };
  } catch {
    return undefined;
  }
}
