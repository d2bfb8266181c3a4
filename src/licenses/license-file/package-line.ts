/**
 * PACKAGE lines: `PACKAGE name vendor [version] COMPONENTS="a b:1.5 c:2.0:4" [OPTIONS=SUITE] SIGN=…`. A package licenses
 * nothing by itself: FEATURE and INCREMENT lines of its name enable it, and its components are as many as they say.
 */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import type { LocalDate } from '../../base/time-zone.ts';
import { compareDays, DAY_WORDS, parseDay } from './dates.ts';
import type { FeatureLine } from './feature-line.ts';
import type { Mistake, Word, WordLine } from './words.ts';

type Component = { feature: string; version?: string; count: number };

export type PackageLine = {
  name: string;
  vendor: string;
  version?: string;
  components: readonly Component[];
  /** Whether the package is taken beside each of its components. Otherwise the components stand in its place. */
  isSuite: boolean;
  issued?: LocalDate;
  supersedes: boolean;
  at: Word;
};

const ATTRIBUTES = [
  'COMPONENTS',
  'OPTIONS',
  'SUPERSEDE',
  'ISSUED',
  'SIGN',
  'SIGN2',
  'AUTH',
  'NOTICE',
  'ISSUER',
];

/** Lines of components: more are no license file. */
const MAX_LINES = 200_000;

/** Seats of one component: more are no license. */
const MAX_COUNT = 999_999_999;

export function parsePackageLine(line: WordLine, mistake: Mistake): PackageLine | undefined {
  const [keyword, name, vendor, ...rest] = line;
  if (vendor === undefined) {
    mistake(keyword!, `expected name and vendor after PACKAGE, found ${line.length - 1} of 2`);
    return undefined;
  }
  const attributes = new Map<string, Word>();
  let version: string | undefined;
  for (const [index, word] of rest.entries()) {
    const key = word.key ?? word.text;
    if (ATTRIBUTES.includes(key)) attributes.set(key, word);
    // A bare word is the version, then, before version 7.1, the key.
    else if (word.key === undefined && index === 0) version = word.text;
    else if (word.key === undefined && index <= 1 && /^"?[0-9A-F]{8,40}"?$/i.test(word.text)) continue;
    else if (word.key === undefined || !/^[a-z_]+$/.test(key))
      mistake(word, `unknown attribute ${quote(key)} in PACKAGE${didYouMean(key, ATTRIBUTES)}`);
  }
  const components = readComponents(attributes.get('COMPONENTS'), keyword!, mistake);
  const options = attributes.get('OPTIONS')?.value ?? '';
  if (!['', 'SUITE', 'SUITE_RESERVED'].includes(options)) {
    mistake(
      attributes.get('OPTIONS')!,
      `expected SUITE or SUITE_RESERVED for OPTIONS, found ${quote(options)}`,
    );
  }
  const isSuite = options !== '';
  if (isSuite && components.some(({ count }) => count !== 1))
    mistake(attributes.get('COMPONENTS')!, 'expected no counts in the COMPONENTS of a suite');
  const issuedWord = attributes.get('ISSUED');
  const issued = issuedWord && parseDay(issuedWord.value ?? '');
  if (issuedWord !== undefined && issued === undefined)
    mistake(issuedWord, `expected ${DAY_WORDS} for ISSUED, found ${quote(issuedWord.value ?? '')}`);
  return {
    name: name!.text,
    vendor: vendor.text,
    ...(version !== undefined && { version }),
    components,
    isSuite,
    ...(issued && { issued }),
    supersedes: attributes.has('SUPERSEDE'),
    at: keyword!,
  };
}

function readComponents(word: Word | undefined, keyword: Word, mistake: Mistake): Component[] {
  const texts = (word?.value ?? '').split(/\s+/).filter((text) => text !== '');
  if (texts.length === 0) mistake(word ?? keyword, 'expected COMPONENTS="feature …" in PACKAGE, found none');
  return texts.flatMap((text): Component[] => {
    const [feature = '', version = '', count = '1', ...more] = text.split(':');
    const isNamed = /^[^*?"]+$/.test(feature) && /^(?:[A-Za-z0-9][\w.+-]*)?$/.test(version);
    if (isNamed && more.length === 0 && /^[1-9]\d{0,8}$/.test(count))
      return [{ feature, ...(version !== '' && { version }), count: Number(count) }];
    mistake(word!, `expected a component such as feature:1.0:2, found ${quote(text)}`);
    return [];
  });
}

/** Lines in which every line that enables a package is replaced by what it enables. */
export function unpack(
  lines: readonly FeatureLine[],
  packages: readonly PackageLine[],
  mistake: Mistake,
): FeatureLine[] {
  const byName = new Map<string, PackageLine>();
  for (const each of packages) {
    const name = nameOf(each.name, each.vendor);
    const other = byName.get(name);
    if (other === undefined) byName.set(name, each);
    else {
      const [earlier, later] = compareDays(other.issued, each.issued) <= 0 ? [other, each] : [each, other];
      if (!later.supersedes || compareDays(earlier.issued, later.issued) === 0)
        mistake(each.at, `the package ${quote(each.name)} stands twice, and neither supersedes the other`);
      byName.set(name, later);
    }
  }
  let unpacked = 0;
  return lines.flatMap((line) => {
    const found = byName.get(nameOf(line.feature, line.vendor));
    if (found === undefined || (found.version !== undefined && found.version !== line.version)) return [line];
    if (unpacked > MAX_LINES) return [];
    unpacked += found.components.length;
    if (unpacked > MAX_LINES) {
      mistake(found.at, `the packages come to more than ${MAX_LINES} lines of components`);
      return [];
    }
    const parts = found.components.map((component) => toPart(line, component, found.at, mistake));
    const suite = { ...line, dupGroup: line.suiteDupGroup ?? line.dupGroup };
    return found.isSuite ? [suite, ...parts] : parts;
  });
}

/** What supersedes a package supersedes its components. */
function toPart(line: FeatureLine, component: Component, at: Word, mistake: Mistake): FeatureLine {
  const { feature, version = line.version, count } = component;
  const { supersedes, ...rest } = line;
  const seats = line.count === 'uncounted' ? line.count : line.count * count;
  if (seats !== 'uncounted' && seats > MAX_COUNT)
    mistake(at, `the component ${quote(feature)} comes to more than ${MAX_COUNT}`);
  return {
    ...rest,
    feature,
    version,
    count: seats,
    overdraft: line.overdraft * count,
    ...(supersedes && { supersedes: [...new Set([feature.toLowerCase(), ...supersedes])] }),
  };
}

function nameOf(name: string, vendor: string): string {
  return JSON.stringify([name.toLowerCase(), vendor.toLowerCase()]);
}
