/**
 * A FEATURE or INCREMENT line: `INCREMENT feature vendor version expiry count [attributes] SIGN=…`.
 * Attributes that change what may be used and that nothing here can reckon with are mistakes, for an ignored clause would be
 * a wrong verdict.
 */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import type { LocalDate } from '../../base/time-zone.ts';
import { DAY_WORDS, parseDay, parseExpiry } from './dates.ts';
import type { Mistake, Word, WordLine } from './words.ts';

/** By whom seats are shared: user, host, display, what the vendor defines. */
type DupKey = 'U' | 'H' | 'D' | 'V';

export type DupGroup = 'NONE' | 'SITE' | readonly DupKey[];

export type FeatureLine = {
  keyword: 'FEATURE' | 'INCREMENT';
  feature: string;
  vendor: string;
  version: string;
  expires: LocalDate | 'permanent';
  count: number | 'uncounted';
  start?: LocalDate;
  issued?: LocalDate;
  /** Features in lower case whose earlier lines this one replaces. */
  supersedes?: readonly string[];
  dupGroup: DupGroup;
  /** For the package itself, where this line enables a suite. */
  suiteDupGroup?: DupGroup;
  /** Seats beyond `count` that the server grants all the same. */
  overdraft: number;
  /** Seconds that a seat stays taken after its check-in. */
  linger: number;
  /** Hours for which a seat may be borrowed. */
  borrow?: number;
  /** Set for lines of which the order in the file is to count: `sort=`, 100 where it is not written. */
  sort: number;
  /** The attributes by which lines form pools, as written, under their names. */
  pooling: ReadonlyMap<string, string>;
  /** What is signed of the line, word for word: components of a package have it of the line that enables them. */
  written: string;
  file: string;
  line: number;
};

/** Lines pool together only if these are equal (beside feature and version). */
const POOLING = [
  'BORROW',
  'DUP_GROUP',
  'FLOAT_OK',
  'HOST_BASED',
  'HOSTID',
  'PLATFORMS',
  'TZ',
  'USER_BASED',
  'VENDOR_STRING',
  'VM_PLATFORMS',
];
const READ = ['ISSUED', 'LINGER', 'OVERDRAFT', 'START', 'SUITE_DUP_GROUP', 'SUPERSEDE', 'sort'];
/** Signatures, and what says who or where without changing how many. */
const PASSED = ['AUTH', 'ISSUER', 'NOTICE', 'ONE_TS_OK', 'SIGN', 'SIGN2', 'SN', 'TS_OK', 'VIRTUAL_RESTRICT'];
/** They change the arithmetic in ways that are not reckoned with. */
const REFUSED = ['CAPACITY', 'METERED', 'SUPERSEDE_SIGN', 'UNDO_INTERVAL', 'GRACE'];

const KNOWN = new Set([...POOLING, ...READ, ...PASSED]);

const MAX_COUNT = 999_999_999;

/** Undefined, and at least one mistake told, when the line says nothing that can be used. */
export function parseFeatureLine(line: WordLine, file: string, mistake: Mistake): FeatureLine | undefined {
  const [keyword, feature, vendor, version, expiry, count, ...rest] = line;
  if (count === undefined) {
    mistake(
      keyword!,
      `expected feature, vendor, version, expiry and count after ${keyword!.text}, found ${line.length - 1} of 5`,
    );
    return undefined;
  }
  let isSound = true;
  const wrong: Mistake = (at, message) => {
    isSound = false;
    mistake(at, message);
  };
  const expires = parseExpiry(expiry!.text);
  if (expires === undefined)
    wrong(expiry!, `expected ${DAY_WORDS} or permanent, found ${quote(expiry!.text)}`);
  if (/[*?"]/.test(feature!.text))
    wrong(feature!, `expected the name of a feature, found ${quote(feature!.text)}`);
  if (!/^[A-Za-z0-9][\w.+-]*$/.test(version!.text))
    wrong(version!, `expected a version such as 2026.1, found ${quote(version!.text)}`);
  const seats = /^uncounted$/i.test(count.text) ? 0 : toNumber(count, count.text, 'a count', wrong);
  const attributes = parseAttributes(rest, feature!.text, wrong);
  if (!isSound || expires === undefined) return undefined;
  return {
    keyword: keyword!.text as FeatureLine['keyword'],
    feature: feature!.text,
    vendor: vendor!.text,
    version: version!.text,
    expires,
    count: seats === 0 ? 'uncounted' : seats!,
    ...attributes,
    written: writtenOf(line),
    file,
    line: keyword!.line,
  };
}

type Head = 'keyword' | 'feature' | 'vendor' | 'version' | 'expires' | 'count' | 'written' | 'file' | 'line';

/** Without remarks, whose names are in lower case: the server does not sign them, and whoever copies a file may add them. */
function writtenOf(line: WordLine): string {
  return line
    .filter(({ key }) => key === undefined || !/^[a-z_]+$/.test(key))
    .map(({ text }) => text)
    .join(' ');
}

/** What stands after the count, by names. */
function parseAttributes(words: readonly Word[], feature: string, mistake: Mistake): Omit<FeatureLine, Head> {
  const attributes = readAttributes(words, mistake);
  const days = {
    start: dayOf(attributes.get('START'), mistake),
    issued: dayOf(attributes.get('ISSUED'), mistake),
  };
  const supersedes = supersededBy(attributes, feature, mistake);
  const dupGroup = dupGroupOf(attributes.get('DUP_GROUP'), mistake);
  const suiteWord = attributes.get('SUITE_DUP_GROUP');
  const suiteDupGroup = suiteWord && dupGroupOf(suiteWord, mistake);
  const overdraft = numberOf(attributes.get('OVERDRAFT'), 0, mistake);
  const linger = numberOf(attributes.get('LINGER'), 0, mistake);
  const borrow = borrowOf(attributes.get('BORROW'), mistake);
  const sort = numberOf(attributes.get('sort'), 100, mistake);
  return {
    ...(days.start && { start: days.start }),
    ...(days.issued && { issued: days.issued }),
    ...(supersedes && { supersedes }),
    dupGroup,
    ...(suiteDupGroup && { suiteDupGroup }),
    overdraft,
    linger,
    ...(borrow !== undefined && { borrow }),
    sort,
    pooling: new Map(
      POOLING.flatMap((name) => {
        const word = attributes.get(name);
        return word === undefined ? [] : [[name, word.value ?? '']];
      }),
    ),
  };
}

/** Attributes by name. In old files a key of hexadecimal digits stands bare after the count, and empty quotes behind it. */
function readAttributes(words: readonly Word[], mistake: Mistake): Map<string, Word> {
  const attributes = new Map<string, Word>();
  for (const [index, word] of words.entries()) {
    const name = word.key ?? word.text;
    const isLicenseKey = index === 0 && word.key === undefined && /^"?[0-9A-F]{8,40}"?$/i.test(word.text);
    if (isLicenseKey || word.text === '""') continue;
    if (REFUSED.includes(name))
      mistake(word, `${quote(name)} is not reckoned with: what may be used depends on it`);
    else if (KNOWN.has(name)) {
      if (attributes.has(name)) mistake(word, `the attribute ${quote(name)} stands twice`);
      attributes.set(name, word);
    } else if (word.key === undefined || (!/^[a-z_]+$/.test(name) && !/^V\d/.test(name))) {
      // Names in lower case are remarks, which the server does not sign; `V7.1_LK` and kin are signatures.
      const nearest = didYouMean(name, KNOWN);
      mistake(word, `unknown attribute ${quote(name)}${nearest}`);
    }
  }
  return attributes;
}

function dayOf(word: Word | undefined, mistake: Mistake): LocalDate | undefined {
  if (word === undefined) return undefined;
  const day = parseDay(word.value ?? '');
  if (day === undefined)
    mistake(word, `expected ${DAY_WORDS} for ${word.key ?? word.text}, found ${quote(word.value ?? '')}`);
  return day;
}

/** Without a number, a week. */
function borrowOf(word: Word | undefined, mistake: Mistake): number | undefined {
  return word === undefined || word.key === undefined ? word && 168 : numberOf(word, 168, mistake);
}

function numberOf(word: Word | undefined, otherwise: number, mistake: Mistake): number {
  if (word === undefined) return otherwise;
  return toNumber(word, word.value ?? '', `a number for ${word.key ?? word.text}`, mistake) ?? otherwise;
}

function toNumber(at: Word, text: string, what: string, mistake: Mistake): number | undefined {
  if (/^\d{1,12}$/.test(text) && Number(text) <= MAX_COUNT) return Number(text);
  mistake(at, `expected ${what} between 0 and ${MAX_COUNT}, found ${quote(text)}`);
  return undefined;
}

function supersededBy(
  attributes: ReadonlyMap<string, Word>,
  feature: string,
  mistake: Mistake,
): string[] | undefined {
  const word = attributes.get('SUPERSEDE');
  if (word === undefined) return undefined;
  if (!attributes.has('ISSUED'))
    mistake(word, 'expected ISSUED= beside SUPERSEDE, for it replaces what was issued before, found none');
  const names = (word.value ?? '').split(/\s+/).filter((name) => name !== '');
  return [...new Set([feature, ...names].map((name) => name.toLowerCase()))];
}

function dupGroupOf(word: Word | undefined, mistake: Mistake): DupGroup {
  const text = word?.value?.toUpperCase() ?? 'NONE';
  if (text === 'NONE' || text === 'SITE') return text;
  if (/^[UHDV]{1,4}$/.test(text)) return (['U', 'H', 'D', 'V'] as const).filter((key) => text.includes(key));
  mistake(
    word!,
    `expected NONE, SITE or letters of UHDV for ${word!.key ?? word!.text}, found ${quote(word!.value ?? '')}`,
  );
  return 'NONE';
}
