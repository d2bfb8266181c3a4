/** A bundle as a whole: made, and held to what it was made of: its digests, its signature, its tables made again from its report. */
import { sha256Hex } from '../base/digest.ts';
import { compareText, quote } from '../base/text-safety.ts';
import type { Report, ToldOption } from '../model/report.ts';
import type { VerifierKey } from '../transparency/note-key.ts';
import { renderReproduce } from './reproduce.ts';
import {
  type EvidencePredicate,
  type EvidenceStatement,
  isStatement,
  readEnvelope,
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
  /** Undefined where there is none that can be read. */
  report: Report | undefined;
  /** The name of the key that signed; undefined where none of those given did. */
  signedBy: string | undefined;
  /** One sentence each; none where the bundle holds. */
  faults: string[];
};

/** What is made of a report, by those who can. */
export type Makers = {
  /** The report of the bytes that are hashed, or what is wrong with it. */
  parse: (bytes: Uint8Array) => Report | string;
  /** The report in every format that a bundle holds, by name of the file. */
  render: (report: Report) => Record<string, string>;
  /** Of the program that checks: another one may render otherwise. */
  version: string;
};

export function checkBundle(
  files: ReadonlyMap<string, Uint8Array>,
  keys: readonly VerifierKey[],
  makers: Makers,
): BundleCheck {
  const faults: string[] = [];
  const statement = readStatement(textOf(files, STATEMENT), faults);
  if (statement === undefined) return { statement, report: undefined, signedBy: undefined, faults };
  faults.push(...checkDigests(files, statement));
  if (textOf(files, SUMS) !== renderSums(files))
    faults.push(`${SUMS} is not the list of the digests of the files that are here`);
  const signedBy = checkEnvelope(files, keys, faults);
  const report = readBundledReport(files, makers, faults);
  if (report !== undefined) {
    faults.push(...checkMade(files, report, statement.predicate, makers));
    faults.push(...checkFacts(report, statement));
  }
  return { statement, report, signedBy, faults: [...new Set(faults)] };
}

function textOf(files: ReadonlyMap<string, Uint8Array>, name: string): string | undefined {
  const content = files.get(name);
  return content && Buffer.from(content).toString('utf8');
}

/** Who signed. That the envelope is one of this manifest needs no key to be seen. */
function checkEnvelope(
  files: ReadonlyMap<string, Uint8Array>,
  keys: readonly VerifierKey[],
  faults: string[],
): string | undefined {
  const text = textOf(files, ENVELOPE);
  if (text === undefined) {
    if (keys.length > 0) faults.push(`${ENVELOPE} is missing: nobody signed`);
    return undefined;
  }
  const envelope = readEnvelope(text, files.get(STATEMENT)!);
  if (envelope === undefined) {
    faults.push(`${ENVELOPE} is no envelope of ${STATEMENT}`);
    return undefined;
  }
  const signer = signerOf(envelope, keys);
  if (keys.length > 0 && signer === undefined)
    faults.push(`${ENVELOPE} is signed by none of the keys that were given`);
  return signer?.name;
}

function readBundledReport(
  files: ReadonlyMap<string, Uint8Array>,
  { parse }: Makers,
  faults: string[],
): Report | undefined {
  const bytes = files.get(REPORT);
  const report = bytes && parse(bytes);
  if (report === undefined) faults.push(missing(REPORT));
  else if (typeof report === 'string') faults.push(`${REPORT} cannot be read: ${report}`);
  else return report;
  return undefined;
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
      if (content === undefined) return [missing(name)];
      return sha256Hex(content) === sha256 ? [] : [`${quote(name)} was changed: its digest is another`];
    }),
    ...here.flatMap((name) =>
      named.has(name) ? [] : [`${quote(name)} was added: the statement does not name it`],
    ),
  ].sort(compareText);
}

/** Said of what the statement names, and of what every bundle has. */
function missing(name: string): string {
  return `${quote(name)} is missing`;
}

/** As `sha256sum` writes and checks it. */
export function renderSums(files: ReadonlyMap<string, string | Uint8Array>): string {
  const names = [...files.keys()].filter((name) => name !== SUMS).sort(compareText);
  return names.map((name) => `${sha256Hex(files.get(name)!)}  ${name}\n`).join('');
}

/** Tables and renderings are functions of the report: what differs was not made from it. The sample needs the logs. */
function checkMade(
  files: ReadonlyMap<string, Uint8Array>,
  report: Report,
  predicate: EvidencePredicate,
  { render, version }: Makers,
): string[] {
  const made: Record<string, string> = {
    ...renderTables(report, []),
    ...render(report),
    [REPRODUCE]: renderReproduce(report, predicate),
  };
  const other =
    report.tool.version === version
      ? ''
      : `; it was made by version ${report.tool.version}, this is ${version}`;
  return Object.entries(made).flatMap(([name, content]) => {
    const bytes = files.get(name);
    if (bytes === undefined) return [missing(name)];
    if (name === SAMPLE || Buffer.from(content).equals(bytes)) return [];
    return [`${name} does not follow from ${REPORT}${other}`];
  });
}

/** What the statement repeats of the report. */
export function factsOf({
  tool,
  generated,
  summary,
  inputs,
}: Report): Omit<EvidencePredicate, 'sample' | 'configuration' | 'options' | 'command'> {
  return {
    tool: { name: tool.name, version: tool.version },
    ...(generated !== undefined && { generated }),
    verdict: summary.verdict,
    records: { ...summary.records },
    inputs: inputs.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })),
  };
}

/** Those options of a run that its report tells too. */
export function judgedBy({ summary, packs = [], waivers, baseline }: Report): Record<string, ToldOption> {
  const { failOn, failOnKnown, failOnControls, failOnNotices } = summary;
  return {
    packs: packs.map(({ name }) => name),
    'fail on': failOn,
    ...(failOnKnown !== undefined && { 'fail on known': failOnKnown }),
    ...(failOnControls !== undefined && { 'fail on controls': failOnControls }),
    ...(failOnNotices !== undefined && { 'fail on notices': failOnNotices }),
    ...(waivers !== undefined && { waivers: waivers.file }),
    ...(baseline !== undefined && { baseline: baseline.file }),
  };
}

const JUDGED_BY = ['packs', 'fail on', 'fail on known', 'fail on controls', 'waivers', 'baseline'];

function checkFacts(report: Report, { predicate }: EvidenceStatement): string[] {
  const facts = factsOf(report);
  const judged = judgedBy(report);
  const options = JUDGED_BY.flatMap((name) =>
    JSON.stringify(predicate.options[name]) === JSON.stringify(judged[name])
      ? []
      : [`${STATEMENT} says another option "${name}" than ${REPORT}`],
  );
  const differing = (['tool', 'generated', 'verdict', 'records', 'inputs'] as const).flatMap((name) =>
    JSON.stringify(predicate[name]) === JSON.stringify(facts[name])
      ? []
      : [`${STATEMENT} says another "${name}" than ${REPORT}`],
  );
  return [...differing, ...options];
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
