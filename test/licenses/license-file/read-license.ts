/** License files of tests, read as `licenses.yaml` would have them read. Tests only. */
import assert from 'node:assert/strict';
import { type LocalDate, startOfDay } from '../../../src/base/time-zone.ts';
import { toNumber } from '../../../src/licenses/contract/amount.ts';
import type { License } from '../../../src/licenses/contract/contract.ts';
import { limitAt, toLimits } from '../../../src/licenses/contract/quantities.ts';
import type { FeatureLine } from '../../../src/licenses/license-file/feature-line.ts';
import { parseLicenseFiles } from '../../../src/licenses/license-file/parse-license-files.ts';
import { parseContract } from '../../../src/licenses/parse/parse-contract.ts';
import { formatProblem } from '../../../src/model/problem.ts';

export function linesOf(text: string): FeatureLine[] {
  const { lines, problems } = parseLicenseFiles([{ file: 'license.dat', text }], [], undefined);
  assert.deepEqual(problems, []);
  return lines;
}

/** Through the contract, as the command does it. `yaml`: the items of `licenseFiles`. */
export function contractOf(files: Record<string, string>, yaml = '[license.dat]') {
  const text = `contract: {id: A, timezone: UTC}\nlicenseFiles: ${yaml}\n`;
  return parseContract('licenses.yaml', text, (file) =>
    Object.hasOwn(files, file) ? { file, text: files[file]! } : undefined,
  );
}

export function licensesOf(text: string, yaml?: string, options = ''): License[] {
  const { contract, problems } = contractOf({ 'license.dat': text, 'vendor.opt': options }, yaml);
  assert.deepEqual(problems, []);
  return contract!.licenses;
}

export function mistakesOf(text: string, yaml?: string, options = ''): string[] {
  const { contract, problems } = contractOf({ 'license.dat': text, 'vendor.opt': options }, yaml);
  assert.equal(contract, undefined);
  return problems.map(formatProblem);
}

/** Seats in force at the first instant of a day; undefined where nobody knows, 0 from the end of the term on. */
export function seatsOn(license: License, day: LocalDate): number | 'unlimited' | undefined {
  const at = startOfDay(day, 'UTC');
  if (license.term !== undefined && at >= license.term.until.instant) return 0;
  const amount = limitAt(toLimits(license), at)?.amount;
  return typeof amount === 'bigint' ? toNumber(amount) : amount;
}
