/** `audit-check key generate` and `key show`: the pair that signs checkpoints, and the half of it to give away. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import {
  generateKey,
  KeyFault,
  parseSignerKey,
  parseVerifierKey,
  type SignerKey,
  type VerifierKey,
  verifierOf,
} from '../transparency/note-key.ts';

/** Bytes of a key file; keys are some hundred bytes long. */
const MAX_KEY_BYTES = 64 * 1024;

/** Writes a private key that nobody else may read, and returns the verifier key. @throws {ProblemsError} */
export function generateKeyFile(name: string, out: string): string {
  const wrong = (message: string) => new ProblemsError([{ file: out, line: 0, column: 0, message }]);
  try {
    const { signer, verifier } = generateKey(name, randomBytes(32));
    // Never over a file that is there: a private key that is lost cannot be had again.
    const descriptor = fs.openSync(out, 'wx', 0o600);
    try {
      fs.writeFileSync(descriptor, `${signer}\n`);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    return `${verifier}\n`;
  } catch (error) {
    if (error instanceof KeyFault) throw wrong(error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw wrong('expected a name that is free, found a file: keys are never replaced');
    if (code !== undefined) throw wrong(`the key cannot be written: ${code}`);
    throw error;
  }
}

/** The verifier key of a private key file, or of a file of verifier keys. @throws {ProblemsError} */
export function showKey(file: string): string {
  const problems: Problem[] = [];
  const text = readKeyText(file, problems);
  if (text?.startsWith('PRIVATE+KEY+')) {
    const signer = toSigner(file, text, problems);
    if (signer !== undefined) return `${verifierOf(signer)}\n`;
  } else if (text !== undefined) {
    const keys = readVerifierKeys(file, problems);
    if (problems.length === 0) return keys.map((key) => `${key.text}\n`).join('');
  }
  throw new ProblemsError(problems);
}

/** Undefined, with a problem, where the file holds no private key. */
export function readSignerKey(file: string, problems: Problem[]): SignerKey | undefined {
  const text = readKeyText(file, problems);
  return text === undefined ? undefined : toSigner(file, text, problems);
}

/** Whether others than its owner may read a file; undefined where the system does not say. */
export function isOpenToOthers(file: string): boolean {
  if (process.platform === 'win32') return false;
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o077) !== 0;
}

/** One key a line; empty lines and lines that begin with # are left out. */
export function readVerifierKeys(file: string, problems: Problem[]): VerifierKey[] {
  const text = readKeyText(file, problems);
  if (text === undefined) return [];
  const keys: VerifierKey[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    try {
      keys.push(parseVerifierKey(line));
    } catch (error) {
      if (!(error instanceof KeyFault)) throw error;
      problems.push({ file, line: at + 1, column: 1, message: error.message });
    }
  }
  if (keys.length === 0 && problems.length === 0)
    problems.push({
      file,
      line: 0,
      column: 0,
      message: 'expected a verifier key "name+hash+base64", found none',
    });
  return keys;
}

function toSigner(file: string, text: string, problems: Problem[]): SignerKey | undefined {
  try {
    return parseSignerKey(text.trim());
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    problems.push({ file, line: 1, column: 1, message: error.message });
    return undefined;
  }
}

function readKeyText(file: string, problems: Problem[]): string | undefined {
  const wrong = (message: string) => void problems.push({ file, line: 0, column: 0, message });
  try {
    if (fs.statSync(file).size > MAX_KEY_BYTES)
      wrong(`expected a key, found a file of more than ${MAX_KEY_BYTES} bytes`);
    else return fs.readFileSync(file, 'utf8');
  } catch (error) {
    wrong(`the key file ${quote(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  return undefined;
}
