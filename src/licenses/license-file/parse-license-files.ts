/**
 * FlexNet license files to licenses of a contract. Every mistake is told with its line.
 * Syntax: FLEXnet Licensing End User Guide, Appendix B.
 */
import { getOrCreate } from '../../base/get-or-create.ts';
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import type { Problem } from '../../model/problem.ts';
import { type FeatureLine, parseFeatureLine } from './feature-line.ts';
import { noOptions, type Options, readOptions } from './options-lines.ts';
import { type PackageLine, parsePackageLine, unpack } from './package-line.ts';
import { mistakesOf, readWordLines, type WordLine } from './words.ts';

export type NamedText = { file: string; text: string };

/** `repeated`: lines that stand in the files before, word for word, with the line that they repeat. */
type LicenseLines = {
  lines: FeatureLine[];
  repeated: Repeated[];
  options: Options;
  problems: Problem[];
};

export type Repeated = { again: FeatureLine; first: FeatureLine };

/** They say who serves, where, and under which licenses to look; nothing of how many. HOST and ISV are those of RLM. */
const SERVER_LINES = ['SERVER', 'VENDOR', 'DAEMON', 'USE_SERVER', 'FEATURESET', 'HOST', 'ISV'];
const KEYWORDS = ['FEATURE', 'INCREMENT', 'PACKAGE', 'UPGRADE', ...SERVER_LINES];

/** `sampled-f1-00737-55296-1825`: a license that is typed in. */
const DECIMAL_LICENSE = /^\w+(?:-\w+)+-\d{4,}-\d{4,}(?:-\d+)*$/;

/** Lines of one feature: the arithmetic takes the square of them, and real files have a few. */
const MAX_LINES = 2_000;

/** Files in the order in which the server takes them. `vendor`: leave out the lines of other daemons. */
export function parseLicenseFiles(
  files: readonly NamedText[],
  optionFiles: readonly NamedText[],
  vendor: string | undefined,
): LicenseLines {
  const problems: Problem[] = [];
  const options = noOptions();
  for (const { file, text } of optionFiles) readOptions(text, options, mistakesOf(file, problems));
  const all = files.flatMap((each) => parseLicenseFile(each, vendor, problems));
  const { lines, repeated } = withoutRepeated(all);
  checkVendors(lines, problems);
  return { lines, repeated, options, problems };
}

/** One license that stands twice, or whose file was copied, was bought once: equal signatures are of one. */
function withoutRepeated(all: readonly FeatureLine[]): Pick<LicenseLines, 'lines' | 'repeated'> {
  const firsts = new Map<string, FeatureLine>();
  const repeated: Repeated[] = [];
  const lines = all.filter((again) => {
    const key = JSON.stringify([again.feature.toLowerCase(), again.version, again.written]);
    const first = getOrCreate(firsts, key, () => again);
    // A package may name a component twice in one line.
    if (first.file === again.file && first.line === again.line) return true;
    repeated.push({ again, first });
    return false;
  });
  return { lines, repeated };
}

function parseLicenseFile(
  { file, text }: NamedText,
  vendor: string | undefined,
  problems: Problem[],
): FeatureLine[] {
  const mistake = mistakesOf(file, problems);
  const lines: FeatureLine[] = [];
  const packages: PackageLine[] = [];
  for (const line of readWordLines(text, mistake)) {
    const keyword = line[0]!;
    if (keyword.text === 'FEATURE' || keyword.text === 'INCREMENT') {
      if (isOfVendor(line, vendor)) lines.push(...present(parseFeatureLine(line, file, mistake)));
    } else if (keyword.text === 'PACKAGE') {
      if (isOfVendor(line, vendor)) packages.push(...present(parsePackageLine(line, mistake)));
    } else if (keyword.text === 'UPGRADE') {
      mistake(keyword, '"UPGRADE" is not reckoned with: ask for INCREMENT lines of the new version');
    } else if (keyword.text === 'LICENSE') {
      mistake(
        keyword,
        'a license of RLM is not read: name a report log of its server, which states what it served',
      );
    } else if (line.length === 1 && DECIMAL_LICENSE.test(keyword.text)) {
      mistake(keyword, 'a license in decimal format is not read: convert it with lminstall');
    } else if (!SERVER_LINES.includes(keyword.text) && /^[A-Z][A-Z_]{2,}$/.test(keyword.text)) {
      // The server takes other lines for comments; in capitals they are rather a keyword, misspelt or new.
      mistake(keyword, `unknown keyword ${quote(keyword.text)}${didYouMean(keyword.text, KEYWORDS)}`);
    }
  }
  if (lines.length === 0 && problems.every((each) => each.file !== file))
    problems.push({ file, line: 0, column: 0, message: 'expected FEATURE or INCREMENT lines, found none' });
  return unpack(lines, packages, mistake);
}

function isOfVendor(line: WordLine, vendor: string | undefined): boolean {
  return vendor === undefined || line[2] === undefined || line[2].text.toLowerCase() === vendor.toLowerCase();
}

function present<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}

/** Events name the feature alone, so two vendors of one feature cannot be told apart. */
function checkVendors(lines: readonly FeatureLine[], problems: Problem[]): void {
  const vendors = new Map<string, { vendor: string; count: number }>();
  for (const { feature, vendor, file, line } of lines) {
    const known = vendors.get(feature.toLowerCase());
    if (known === undefined) vendors.set(feature.toLowerCase(), { vendor, count: 1 });
    else if (known.vendor.toLowerCase() !== vendor.toLowerCase()) {
      const message = `the feature ${quote(feature)} is of the vendors ${quote(known.vendor)} and ${quote(vendor)}: name one with "vendor"`;
      problems.push({ file, line, column: 1, message });
    } else if (++known.count === MAX_LINES + 1) {
      const message = `the feature ${quote(feature)} has more than ${MAX_LINES} lines`;
      problems.push({ file, line, column: 1, message });
    }
  }
}
