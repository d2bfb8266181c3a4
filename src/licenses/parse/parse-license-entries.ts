/** `licenseFiles` of `licenses.yaml`: which license files and report logs are the contract, and what they leave to be said. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { count, quote } from '../../base/text-safety.ts';
import { EARLIEST, formatDate, type LocalDate, startOfDay } from '../../base/time-zone.ts';
import type { ContractDate, ContractNote, License, Term } from '../contract/contract.ts';
import { type NamedText, parseLicenseFiles, type Repeated } from '../license-file/parse-license-files.ts';
import { servedLicenses } from '../license-file/served-licenses.ts';
import { type RlmRecord, type ServedProduct, servedProducts } from '../license-file/served-products.ts';
import { toLicenses } from '../license-file/to-licenses.ts';
import type { ContractText, Entry, Value } from './contract-text.ts';
import { parseMeasure } from './parse-measure.ts';

/** `served`: of a report log of RLM, what its reader makes of it: the records that tell what the server had to give. */
export type LicenseText = NamedText & { served?: readonly RlmRecord[] };

/**
 * A file that the contract names, under the name it has in messages; undefined when it could not be had. `zone`: of times
 * that state none.
 */
export type OpenFile = (path: string, zone: string) => LicenseText | undefined;

type OpenHere = (path: string) => LicenseText | undefined;

const WHAT = 'a list of license files';
const ITEM = 'a path or a mapping of "file", "options", "vendor", "poolByVendorString"';
const KEYS = { owner: '"licenseFiles"', known: ['file', 'options', 'vendor', 'poolByVendorString'] };

/** Servers count seats at each instant; months are what a statement shows. */
const MEASURE = 'count seats each instant take max over month';

type Item = {
  file: LicenseText;
  options: NamedText | undefined;
  vendor?: string;
  poolByVendorString?: boolean;
};

/** Lines share their days: to ask Intl for each anew took half of reading a contract of 60,000 lines (measured). */
function dates(zone: string): (day: LocalDate) => ContractDate {
  const known = new Map<string, ContractDate>();
  return (day) => {
    const text = formatDate(day);
    return getOrCreate(known, text, () => ({ text, instant: startOfDay(day, zone) }));
  };
}

/** Files of one vendor form one list, as its daemon reads them; each vendor of the list stands for itself. */
export function parseLicenseEntries(
  text: ContractText,
  node: Value,
  zone: string,
  term: Term | undefined,
  open: OpenFile,
): { licenses: License[]; notes: ContractNote[] } {
  const openHere: OpenHere = (path) => open(path, zone);
  const items = text.list(node, WHAT)?.flatMap((each) => readItem(text, each, openHere) ?? []) ?? [];
  const measure = parseMeasure(MEASURE, MEASURE, () => {})!;
  const licenses: License[] = [];
  const notes: ContractNote[] = [];
  const byVendor = new Map<string | undefined, Item[]>();
  for (const item of items.filter(({ file }) => file.served === undefined))
    getOrCreate(byVendor, item.vendor?.toLowerCase(), () => []).push(item);
  for (const list of byVendor.values()) {
    const { vendor } = list[0]!;
    const options = list.flatMap((item) => item.options ?? []);
    const files = list.map(({ file }) => file);
    const { problems, ...parsed } = parseLicenseFiles(files, options, vendor);
    text.problems.push(...problems);
    if (problems.length > 0) continue;
    const stated = list.find((item) => item.poolByVendorString !== undefined)?.poolByVendorString;
    licenses.push(
      ...toLicenses(parsed.lines, {
        options: parsed.options,
        poolByVendorString: stated,
        measure,
        term,
        zone,
        toDate: dates(zone),
        ever: { text: '1990-01-01', instant: EARLIEST },
        line: node!.line,
      }),
    );
    notes.push(...files.map(({ file }) => unverified(file)), ...notesOfRepeated(parsed.repeated));
  }
  const reportLogs = items.filter(({ file }) => file.served !== undefined);
  const products = servedByEach(reportLogs);
  licenses.push(...servedLicenses(products, { measure, term, line: node?.line ?? 1 }));
  notes.push(...reportLogs.map(({ file }) => served(file.file)));
  return { licenses, notes };
}

/** What each server had to give. Logs of one server are of one story, in the order in which they are named. */
function servedByEach(reportLogs: readonly Item[]): ServedProduct[] {
  const byServer = new Map<string, RlmRecord[]>();
  for (const { file } of reportLogs) {
    for (const record of file.served ?? []) {
      const { server, daemon } = record;
      getOrCreate(byServer, JSON.stringify([server ?? null, daemon ?? null]), () => []).push(record);
    }
  }
  return [...byServer.values()].flatMap(servedProducts);
}

function served(file: string): ContractNote {
  const message = `${quote(file)} says what a license server served (PRODUCT), which is taken for what was bought`;
  return { code: 'served-for-bought', message };
}

function unverified(file: string): ContractNote {
  const message = `${quote(file)} is taken as it is written: only its vendor can verify the signatures (SIGN=)`;
  return { code: 'unverified-license-file', message };
}

/** One note for each file that repeats lines. */
function notesOfRepeated(repeated: readonly Repeated[]): ContractNote[] {
  const byFile = new Map<string, Repeated[]>();
  for (const each of repeated) getOrCreate(byFile, each.again.file, () => []).push(each);
  return [...byFile].map(([file, [{ again, first } = repeated[0]!, ...more]]) => {
    const others = more.length === 0 ? '' : `, and ${count(more.length, 'line')} more so`;
    const message = `${quote(`${file}:${again.line}`)} repeats ${quote(`${first.file}:${first.line}`)} word for word${others}: a license that stands twice counts once`;
    return { code: 'repeated-license-line', message };
  });
}

function readItem(text: ContractText, node: Value, open: OpenHere): Item | undefined {
  const item = itemOf(text, node, open);
  if (item?.file.served === undefined) return item;
  const { file, options, vendor, poolByVendorString } = item;
  if (options !== undefined || poolByVendorString !== undefined) {
    const wrong = `${quote(file.file)} is a report log of RLM, which has no "options" or "poolByVendorString"`;
    return text.problem(node, wrong);
  }
  if (vendor === undefined) return item;
  const served = item.file.served.filter(
    ({ daemon }) => String(daemon).toLowerCase() === vendor.toLowerCase(),
  );
  if (served.every(({ event }) => event !== 'PRODUCT'))
    return text.problem(node, `${quote(file.file)} has no PRODUCT record of ${quote(vendor)}`);
  return { ...item, file: { ...file, served } };
}

function itemOf(text: ContractText, node: Value, open: OpenHere): Item | undefined {
  if (node?.kind !== 'map') {
    const path = text.text(node, ITEM);
    const file = path === undefined ? undefined : openAt(text, node, path, open);
    return file && { file, options: undefined };
  }
  const entries = text.mapping(node, ITEM, KEYS);
  if (entries === undefined) return undefined;
  if (!entries.has('file')) return text.problem(node, 'expected "file" in "licenseFiles", found none');
  const file = fileOf(text, entries.get('file'), open);
  const options = fileOf(text, entries.get('options'), open);
  const vendorNode = entries.get('vendor')?.value;
  const vendor = vendorNode && text.text(vendorNode, 'the name of a vendor daemon');
  const poolNode = entries.get('poolByVendorString')?.value;
  const poolByVendorString = poolNode && text.boolean(poolNode, 'true or false');
  return (
    file && {
      file,
      options,
      ...(vendor !== undefined && { vendor }),
      ...(poolByVendorString !== undefined && { poolByVendorString }),
    }
  );
}

function fileOf(text: ContractText, entry: Entry | undefined, open: OpenHere): LicenseText | undefined {
  const path = entry && text.text(entry.value, 'the path of a file');
  return path === undefined ? undefined : openAt(text, entry!.value, path, open);
}

function openAt(text: ContractText, node: Value, path: string, open: OpenHere): LicenseText | undefined {
  return open(path) ?? text.problem(node, `the file ${quote(path)} cannot be read`);
}
