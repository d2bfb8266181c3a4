/** A bundle as a whole: made, and held to what it was made of: its digests, its signature, its tables made again from its report. */
import { sha256Hex } from '../base/digest.ts';
import { compareText, quote } from '../base/text-safety.ts';
import type { Report } from '../model/report.ts';
import type { VerifierKey } from '../transparency/note-key.ts';
import { renderReproduce } from './reproduce.ts';
import {
  type EvidencePredicate,
  type EvidenceStatement,
  isStatement,
  signerOf,
  toStatement,
} from './statement.ts';
import { renderTables } from './tables.ts';

export const STATEMENT = 'manifest.json';
export const ENVELOPE = 'manifest.dsse.json';
export const SUMS = 'SHA256SUMS';
export const REPORT = 'report.json';
export const REPRODUCE = 'REPRODUCE.md';
export const SAMPLE = 'sample.csv';

/** What no digest of the statement names: the statement itself, who signed it, and the list of all. */
const OUTSIDE: ReadonlySet<string> = new Set([STATEMENT, ENVELOPE, SUMS]);

export type BundleCheck = {
  statement: EvidenceStatement | undefined;
  /** The name of the key that signed; undefined where none of those given did. */
  signedBy: string | undefined;
  /** One sentence each; none where the bundle holds. */
  faults: string[];
};

/** `toReport`: the report of its text, or what is wrong with it. */
export function checkBundle(
  files: ReadonlyMap<string, Uint8Array>,
  keys: readonly VerifierKey[],
  toReport: (text: string) => Report | string,
): BundleCheck {
  const faults: string[] = [];
  const textOf = (name: string) => {
    const content = files.get(name);
    return content && Buffer.from(content).toString('utf8');
  };
  const statement = readStatement(textOf(STATEMENT), faults);
  if (statement === undefined) return { statement, signedBy: undefined, faults };
  faults.push(...checkDigests(files, statement));
  const sums = textOf(SUMS);
  const wanted = renderSums(files);
  if (sums !== wanted) faults.push(`${SUMS} is not the list of the digests of the files that are here`);
  const envelope = textOf(ENVELOPE);
  const signer = envelope && signerOf(envelope, textOf(STATEMENT)!, keys);
  if (keys.length > 0 && envelope === undefined) faults.push(`${ENVELOPE} is missing: nobody signed`);
  else if (keys.length > 0 && !signer)
    faults.push(`${ENVELOPE} is signed by none of the keys that were given`);
  faults.push(...checkTables(textOf, statement, toReport));
  return { statement, signedBy: signer ? signer.name : undefined, faults };
}

function readStatement(text: string | undefined, faults: string[]): EvidenceStatement | undefined {
  if (text === undefined) {
    faults.push(`${STATEMENT} is missing: this is no evidence bundle, or not all of one`);
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isStatement(value)) return value;
  faults.push(`${STATEMENT} is no statement of an evidence bundle`);
  return undefined;
}

function checkDigests(files: ReadonlyMap<string, Uint8Array>, { subject }: EvidenceStatement): string[] {
  const named = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  const here = [...files.keys()].filter((name) => !OUTSIDE.has(name));
  return [
    ...[...named].flatMap(([name, sha256]) => {
      const content = files.get(name);
      if (content === undefined) return [`${quote(name)} is missing`];
      return sha256Hex(content) === sha256 ? [] : [`${quote(name)} was changed: its digest is another`];
    }),
    ...here.flatMap((name) =>
      named.has(name) ? [] : [`${quote(name)} was added: the statement does not name it`],
    ),
  ].sort(compareText);
}

/** As `sha256sum` writes and checks it. */
export function renderSums(files: ReadonlyMap<string, string | Uint8Array>): string {
  const names = [...files.keys()].filter((name) => name !== SUMS).sort(compareText);
  return names.map((name) => `${sha256Hex(files.get(name)!)}  ${name}\n`).join('');
}

/** Tables are functions of the report: what differs was not made from it. The sample needs the logs. */
function checkTables(
  textOf: (name: string) => string | undefined,
  { predicate, subject }: EvidenceStatement,
  toReport: (text: string) => Report | string,
): string[] {
  const text = textOf(REPORT);
  if (text === undefined) return [];
  const report = toReport(text);
  if (typeof report === 'string') return [`${REPORT} cannot be read: ${report}`];
  const made: Record<string, string> = {
    ...renderTables(report, []),
    [REPRODUCE]: renderReproduce(report, predicate),
  };
  const faults = Object.entries(made).flatMap(([name, content]) =>
    name === SAMPLE || textOf(name) === content ? [] : [`${name} does not follow from ${REPORT}`],
  );
  const { read, audited, malformed, duplicate, skipped } = report.summary.records;
  if (read !== audited + malformed + duplicate + skipped)
    faults.push(`${REPORT}: records read are not those audited, malformed, duplicate and skipped`);
  const sum = report.inputs.reduce((total, { records }) => total + records.read, 0);
  if (sum !== read) faults.push(`${REPORT}: the records of all files are not those of the run`);
  const inputs = report.inputs.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 }));
  if (JSON.stringify(predicate.inputs) !== JSON.stringify(inputs))
    faults.push(`${STATEMENT} names other inputs than ${REPORT}`);
  if (!subject.some(({ name }) => name === REPORT)) faults.push(`${STATEMENT} does not name ${REPORT}`);
  return faults;
}

/** A whole bundle, every name with its bytes. `sign`: the envelope for the text of the statement. */
export function makeBundle(
  content: Readonly<Record<string, string | Uint8Array>>,
  report: Report,
  predicate: EvidencePredicate,
  sign?: (statement: string) => string,
): Map<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>(Object.entries(content));
  files.set(REPRODUCE, renderReproduce(report, predicate));
  const statement = `${JSON.stringify(toStatement(files, predicate), undefined, 2)}\n`;
  files.set(STATEMENT, statement);
  if (sign !== undefined) files.set(ENVELOPE, sign(statement));
  files.set(SUMS, renderSums(files));
  return files;
}
