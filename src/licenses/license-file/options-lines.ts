/**
 * The options file of a vendor daemon, as far as it changes what may be counted: LINGER, MAX_OVERDRAFT, NOLOG. The other
 * keywords say who may use what; they are known by name, so that a misspelt line is a mistake.
 */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { type Mistake, readWordLines, type Word } from './words.ts';

export type Options = {
  /** Seconds, by feature in lower case. */
  linger: Map<string, number>;
  maxOverdraft: Map<string, number>;
  /** What the daemon does not log: IN, OUT, DENIED, QUEUED, … */
  unlogged: Set<string>;
};

const LOGGED = ['DENIED', 'DEQUEUED', 'IN', 'OUT', 'QUEUED', 'UNSUPPORTED', 'UPGRADE'];

/** Keywords that limit who may use what, or how the daemon works. */
const OTHERS = [
  'AUTOMATIC_REREAD',
  'BORROW_LOWWATER',
  'DEBUGLOG',
  'EXCLUDE',
  'EXCLUDEALL',
  'EXCLUDE_BORROW',
  'EXCLUDE_ENTITLEMENT',
  'FQDN_MATCHING',
  'GROUP',
  'GROUPCASEINSENSITIVE',
  'HOST_GROUP',
  'INCLUDE',
  'INCLUDEALL',
  'INCLUDE_BORROW',
  'INCLUDE_ENTITLEMENT',
  'MAX',
  'MAX_BORROW_HOURS',
  'MAX_CONNECTIONS',
  'REPORTLOG',
  'RESERVE',
  'TIMEOUT',
  'TIMEOUTALL',
];

const KEYWORDS = ['LINGER', 'MAX_OVERDRAFT', 'NOLOG', ...OTHERS];

const NUMBER = /^\d{1,9}$/;

export function noOptions(): Options {
  return { linger: new Map(), maxOverdraft: new Map(), unlogged: new Set() };
}

/** Adds what the file says to `options`. */
export function readOptions(text: string, options: Options, mistake: Mistake): void {
  for (const [keyword, ...rest] of readWordLines(text, mistake)) {
    const name = keyword!.text.toUpperCase();
    if (name === 'LINGER') readNumber(keyword!, rest, 'seconds', options.linger, mistake);
    else if (name === 'MAX_OVERDRAFT') readNumber(keyword!, rest, 'licenses', options.maxOverdraft, mistake);
    else if (name === 'NOLOG') readNolog(keyword!, rest, options, mistake);
    else if (!OTHERS.includes(name))
      mistake(
        keyword!,
        `unknown keyword ${quote(keyword!.text)} in an options file${didYouMean(name, KEYWORDS)}`,
      );
  }
}

/** `LINGER feature[:keyword=value] 600`. What is said of some lines of a feature is taken for all: the longest counts. */
function readNumber(
  keyword: Word,
  rest: readonly Word[],
  what: string,
  numbers: Map<string, number>,
  mistake: Mistake,
): void {
  const [feature, number] = rest;
  if (feature === undefined || number === undefined || !NUMBER.test(number.text)) {
    const found = rest.map(({ text }) => text).join(' ');
    mistake(keyword, `expected a feature and ${what} after ${keyword.text}, found ${quote(found)}`);
    return;
  }
  const name = feature.text.replace(/^"|"$/g, '').split(':')[0]!.toLowerCase();
  numbers.set(name, Math.max(Number(number.text), numbers.get(name) ?? 0));
}

function readNolog(keyword: Word, rest: readonly Word[], { unlogged }: Options, mistake: Mistake): void {
  if (rest.length === 0) mistake(keyword, `expected one of ${LOGGED.join(', ')} after NOLOG, found none`);
  for (const word of rest) {
    const name = word.text.toUpperCase();
    if (LOGGED.includes(name)) unlogged.add(name);
    else
      mistake(
        word,
        `expected one of ${LOGGED.join(', ')} after NOLOG, found ${quote(word.text)}${didYouMean(name, LOGGED)}`,
      );
  }
}
