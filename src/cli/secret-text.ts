/** Secrets where something else belongs, as `--key "$KEY"` in a script: they are held back, for a log of CI keeps what is printed. */
import { type Problem, ProblemsError } from '../model/problem.ts';

/** As they are written: signers of c2sp.org/signed-note, identities of age, PEM (RFC 7468). */
const SECRETS = [
  { what: 'a private key', pattern: /PRIVATE\+KEY\+[^\s+"]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]*/g },
  { what: 'a secret key', pattern: /AGE-SECRET-KEY-[0-9A-Z-]+/gi },
  {
    what: 'a private key',
    pattern: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[^-]|-(?!----))*(?:-----END [A-Z0-9 ]*-----)?/g,
  },
] as const;

/** Takes no file but a key to encrypt for; its reader says what it expected, with whatever else is wrong. */
const TAKES_KEYS = '--recipient';

/** `a private key`; undefined where the text holds nothing that looks like a secret. */
export function secretIn(text: string): string | undefined {
  return SECRETS.find(({ pattern }) => text.search(pattern) >= 0)?.what;
}

/** For messages: whatever they quote. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((rest, { what, pattern }) => rest.replace(pattern, `(${what}, held back)`), text);
}

/** Before anybody reads them, for every reader would repeat what it cannot use. @throws {ProblemsError} */
export function refuseSecretArguments(words: readonly string[]): void {
  const problems = words.flatMap((word, at): Problem[] => {
    // Without quotes a shell makes several words of a block of PEM.
    const found = secretIn(word.endsWith('-----BEGIN') ? words.slice(at).join(' ') : word);
    const option = optionOf(words, at);
    if (found === undefined || option === TAKES_KEYS) return [];
    const message = `expected the name of a file, found ${found}: put it into a file that you alone can read, and think of it as known to whoever saw this command or its log`;
    return [{ file: option ?? `argument ${at + 1}`, line: 0, column: 0, message }];
  });
  if (problems.length > 0) throw new ProblemsError(problems);
}

function optionOf(words: readonly string[], at: number): string | undefined {
  const [, own] = /^(--[a-z-]+)=/.exec(words[at]!) ?? [];
  return own ?? [words[at - 1]].find((word) => word !== undefined && /^--?[a-z-]+$/.test(word));
}
