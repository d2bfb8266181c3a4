/** What is wrong with where a key lies and what it is: a chain proves no more than its key is hard to come by. */
import { digestBytes } from '../base/digest.ts';
import { quote } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import type { KeyFault } from '../model/request.ts';
import { isPrivateKey } from './public-key.ts';

type KeyCode = 'derivable-key' | 'key-beside-log' | 'key-in-config' | 'private-key' | 'short-key';

const CONTROLS = ['pci-dss-4:3.6.1', 'nist-800-53r5:SC-12', 'iso-27001-2022:A.8.24'];

const WORDS: Record<KeyCode, Omit<FindingKind, 'code'>> = {
  'derivable-key': {
    severity: 'critical',
    title: 'key can be read off the configuration',
    why: 'The key is a value that the configuration shows, or a plain digest of one: whoever reads it can make every hash of the chain anew.',
    fix: 'Make a random key, keep it out of the configuration, and regard the chain as unkeyed until it was changed.',
  },
  'key-beside-log': {
    severity: 'high',
    title: 'key lies beside the log',
    why: 'Whoever can write the log can most likely read or exchange the key too, and then rewrite the whole chain: the key protects nothing.',
    fix: 'Keep the key where those who write logs cannot reach it, and compare it with the one of whoever gave it out.',
  },
  'key-in-config': {
    severity: 'high',
    title: 'key written in the configuration',
    why: 'A configuration is copied, reviewed and committed; a key in it is known to all who ever saw one of the copies.',
    fix: 'Name a file or an environment variable instead ({file: …} or {env: …}), and change the key.',
  },
  'private-key': {
    severity: 'medium',
    title: 'private key where a public one is enough',
    why: 'Signatures are verified with the public key. Who audits with the private one can make records too, and so can whoever gets hold of it there.',
    fix: 'Give the public key only, and regard the private one as known to the auditors.',
  },
  'short-key': {
    severity: 'high',
    title: 'key too short to be secret',
    why: 'A symmetric key of fewer than 16 bytes is found by trying; RFC 2104 discourages keys shorter than the hash.',
    fix: 'Use at least 32 random bytes, and regard the chain as unkeyed until the key was changed.',
  },
};

export const KEY_KINDS: readonly FindingKind[] = Object.entries(WORDS).map(([code, words]) => ({
  code,
  ...words,
  controls: CONTROLS,
}));

/** Bytes: 128 bits, below which a symmetric key counts as guessable (NIST SP 800-131A). */
const MIN_KEY_BYTES = 16;

/** A key as the user gave it. `place`: where the configuration names it. */
export type GivenKeyFile = {
  name: string;
  bytes: Uint8Array;
  /** The file that holds it; undefined where it comes from elsewhere. */
  file?: string;
  /** The path of a log or of a folder of logs beside which, or below which, that file lies. */
  beside?: string;
  inConfig: boolean;
  place: { file: string; line: number };
};

/** `values`: every scalar that the configuration shows, without the keys that it holds. */
export function judgeKeys(keys: readonly GivenKeyFile[], values: readonly string[]): KeyFault[] {
  const derived = derivedFrom(values);
  return keys.flatMap((key) => {
    const faults: KeyFault[] = [];
    const name = quote(key.name);
    const say = (code: KeyCode, message: string) =>
      faults.push({ code, severity: WORDS[code].severity, key: key.name, message, ...key.place });
    if (key.inConfig)
      say(
        'key-in-config',
        `expected a file or an environment variable for the key ${name}, found the key itself`,
      );
    if (key.beside !== undefined)
      say(
        'key-beside-log',
        `expected the key ${name} away from the logs, found its file ${quote(key.file ?? '')} in or below the folder of ${quote(key.beside)}`,
      );
    if (key.bytes.length < MIN_KEY_BYTES)
      say(
        'short-key',
        `expected a key ${name} of at least ${MIN_KEY_BYTES} bytes, found ${key.bytes.length}`,
      );
    if (isPrivateKey(key.bytes)) say('private-key', `expected the public key ${name}, found the private one`);
    const how = derived.get(Buffer.from(key.bytes).toString('latin1'));
    if (how !== undefined)
      say('derivable-key', `expected a random key ${name}, found ${how} of the configuration`);
    return faults;
  });
}

/** By the bytes of what one gets: the value, and its plain digests as bytes, hex and base64. */
function derivedFrom(values: readonly string[]): Map<string, string> {
  const derived = new Map<string, string>();
  const add = (bytes: Uint8Array | string, how: string) => {
    const text = Buffer.from(bytes).toString('latin1');
    if (text !== '' && !derived.has(text)) derived.set(text, how);
  };
  for (const value of values) add(value, 'a value');
  for (const value of values) {
    for (const algorithm of ['sha1', 'sha256', 'sha512']) {
      const bytes = Buffer.from(digestBytes(algorithm, value));
      const how = `the ${algorithm} of a value`;
      add(bytes, how);
      for (const encoding of ['hex', 'base64'] as const) add(bytes.toString(encoding), how);
    }
  }
  return derived;
}
