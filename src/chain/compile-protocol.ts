/** From the YAML of a profile that names a protocol (`protocol: plc`) to plain data; its mistakes are said. */
import { didYouMean } from '../base/nearest-name.ts';
import { isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import type { ProtocolProfile } from './protocol.ts';
import { PROTOCOLS } from './protocols/index.ts';
import type { WantedKey } from './record-signature.ts';

const KNOWN = ['title', 'protocol', 'keys'];

/** Whether a document of `rules/chains/` names a protocol, whatever else is wrong with it. */
export function namesProtocol(document: unknown): document is Record<string, unknown> {
  return isPlainObject(document) && 'protocol' in document;
}

export function isProtocolProfile(value: unknown): value is ProtocolProfile {
  return isPlainObject(value) && typeof value.protocol === 'string' && typeof value.name === 'string';
}

/** The profile, or undefined when `say` was told at least one mistake. */
export function compileProtocol(
  name: string,
  document: Record<string, unknown>,
  say: (path: (string | number)[], message: string) => void,
): ProtocolProfile | undefined {
  let mistakes = 0;
  const wrong = (path: (string | number)[], message: string) => {
    mistakes++;
    say(path, message);
  };
  for (const key of Object.keys(document)) {
    if (!KNOWN.includes(key))
      wrong([key], `unknown key ${quote(key)}${didYouMean(key, KNOWN)}: a protocol brings its own rules`);
  }
  const { title, protocol, keys = [] } = document;
  const names = Object.keys(PROTOCOLS);
  if (typeof title !== 'string' || title === '') wrong(['title'], 'expected a text, found none');
  if (typeof protocol !== 'string' || !names.includes(protocol)) {
    const found = typeof protocol === 'string' ? protocol : '';
    wrong(
      ['protocol'],
      `expected one of ${names.join(', ')}, found ${quote(found)}${didYouMean(found, names)}`,
    );
  }
  if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'string' || key === ''))
    wrong(['keys'], 'expected a list of reference names');
  if (mistakes > 0) return undefined;
  return { name, title: String(title), protocol: String(protocol), keys: keys as string[] };
}

/** The public keys that a protocol takes. */
export function signaturesOfProtocol({ protocol, keys }: ProtocolProfile): WantedKey[] {
  const algorithm = PROTOCOLS[protocol]!.signature;
  return algorithm === undefined ? [] : keys.map((key) => ({ key, algorithm }));
}
