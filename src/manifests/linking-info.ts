/**
 * `linkinginfo` of an X-Road message log archive, beside the messages it was unpacked with: each digest is that of the one
 * before and the message's own, both as hex. https://docs.x-road.global (message log archive, "linkinginfo")
 */
import crypto from 'node:crypto';
import { quote } from '../base/text-safety.ts';
import {
  algorithmOfLength,
  baseName,
  type Entry,
  type Fault,
  type LinkingInfo,
  type Manifest,
  toAlgorithm,
} from './manifest.ts';

export function isLinkingInfoName(file: string): boolean {
  return baseName(file) === 'linkinginfo';
}

/** What stands for the archive before the first. */
const NONE = '-';

export function parseLinkingInfo(text: string): Manifest {
  const [first = '', ...lines] = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const [digest = '', archive = '', name = '', ...others] = first.split(' ');
  const algorithm = toAlgorithm(name);
  const malformed = (expected: string): Manifest => ({
    form: 'malformed',
    problem: `expected ${expected}, found ${quote(first)}`,
  });
  if (archive === '' || others.length > 0)
    return malformed('the last digest and the file of the archive before, and an algorithm, in line 1');
  if (algorithm === undefined) return malformed('an algorithm such as SHA-512 at the end of line 1');
  const isFirst = digest === NONE && archive === NONE;
  if (!isFirst && !isDigest(digest, algorithm)) return malformed(`a digest by ${name} in line 1`);
  const entries: Entry[] = [];
  const faults: Fault[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const space = line.indexOf(' ');
    const step = line.slice(0, Math.max(0, space));
    const message = line.slice(space + 1);
    if (message !== '' && isDigest(step, algorithm))
      entries.push({ name: message, digest: step.toLowerCase(), algorithm, line: index + 2 });
    else faults.push({ line: index + 2, text: line });
  }
  const previous = isFirst ? null : { digest: digest.toLowerCase(), archive };
  return { form: 'linkinginfo', previous, algorithm, entries, faults };
}

function isDigest(text: string, algorithm: string): boolean {
  return /^[0-9A-Fa-f]+$/.test(text) && algorithmOfLength(text) === algorithm;
}

/** The digest of one line: over the hex of the line before (none for the first archive's first) and of the message. */
export function linkStep(algorithm: string, before: string, message: string): string {
  return crypto
    .createHash(algorithm)
    .update(before + message)
    .digest('hex');
}

export function lastDigest({ previous, entries }: LinkingInfo): string {
  return entries.at(-1)?.digest ?? previous?.digest ?? '';
}
