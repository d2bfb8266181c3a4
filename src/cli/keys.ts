/** Keys of a run: read from files, the environment or (told as a finding) the configuration itself. */
import fs from 'node:fs';
import path from 'node:path';
import { quote } from '../base/text-safety.ts';
import { type GivenKeyFile, judgeKeys } from '../chain/key-hygiene.ts';
import type { Problem } from '../model/problem.ts';
import type { AuditRequest } from '../model/request.ts';
import type { Config } from './config.ts';
import { isBelow } from './places.ts';

/**
 * Key bytes by name, and what is wrong with them. A key that is absent is no mistake here: its streams are reported
 * unverifiable. `logs`: files and folders that are audited.
 */
export function loadKeys(
  config: Config,
  logs: readonly string[],
  problems: Problem[],
): Pick<AuditRequest, 'keys' | 'keyFaults' | 'unsetKeys'> {
  const given: GivenKeyFile[] = [];
  const unset: string[] = [];
  for (const [name, { env, file, value, line }] of Object.entries(config.keys)) {
    const inConfig = value !== undefined;
    const place = { file: config.file!, line };
    const text = value ?? (env === undefined ? undefined : process.env[env]);
    if (text !== undefined) given.push({ name, bytes: Buffer.from(text), inConfig, place });
    else if (env !== undefined) unset.push(name);
    if (file === undefined) continue;
    const bytes = readKey(file);
    if (bytes === undefined) {
      const message = `the file of key ${quote(name)} cannot be read`;
      problems.push({ ...config.placeOf(['keys', name]), message });
      continue;
    }
    const beside = logBeside(file, logs);
    given.push({ name, bytes, file, inConfig, place, ...(beside !== undefined && { beside }) });
  }
  const keyFaults = judgeKeys(given, config.values);
  return {
    keys: Object.fromEntries(given.map(({ name, bytes }) => [name, bytes])),
    ...(keyFaults.length > 0 && { keyFaults }),
    ...(unset.length > 0 && { unsetKeys: unset }),
  };
}

function readKey(file: string): Uint8Array | undefined {
  try {
    const bytes = fs.readFileSync(file);
    return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  } catch {
    return undefined;
  }
}

/** The log in whose folder, or below whose folder, the file lies; links are followed, for who can write there can write here. */
function logBeside(file: string, logs: readonly string[]): string | undefined {
  const real = fs.realpathSync(file);
  return logs.find((log) => {
    if (log === '-') return false;
    try {
      const place = fs.realpathSync(log);
      const folder = fs.statSync(place).isDirectory() ? place : path.dirname(place);
      return real !== folder && isBelow(folder, real);
    } catch {
      // A log that is not there is told by whoever reads it.
      return false;
    }
  });
}
