/** `verify --evidence DIR`: what an external auditor takes along, written whole or not at all. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { sha256Hex } from '../base/digest.ts';
import { quote } from '../base/text-safety.ts';
import { factsOf, makeBundle } from '../evidence/bundle.ts';
import { type EvidencePredicate, signStatement } from '../evidence/statement.ts';
import { renderTables } from '../evidence/tables.ts';
import type { Problem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import type { AuditRequest } from '../model/request.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import type { SignerKey } from '../transparency/note-key.ts';
import type { Config } from './config.ts';
import { type ReportOptions, toldOptions } from './evidence-options.ts';
import { renderFormats } from './evidence-renderings.ts';
import { drawSample } from './evidence-sample.ts';
import { isOpenToOthers, readSignerKey } from './key-command.ts';
import { ownFiles } from './own-files.ts';
import { isFolder, liesWithin } from './places.ts';

export type EvidenceOptions = {
  evidence?: string;
  evidenceKey?: string;
  sample?: string;
  seed?: string;
};

/** As many as auditors take of a control that acts daily. */
const DEFAULT_SAMPLE = 25;
const MAX_SAMPLE = 100_000;

export type EvidencePlan = {
  folder: string;
  size: number;
  seed: string | undefined;
  signer: SignerKey | undefined;
};

/** What was asked for, or what is wrong with it: known before the scan. */
export function planEvidence(
  options: EvidenceOptions & { since?: string; until?: string },
  paths: readonly string[],
  files: readonly DiscoveredFile[],
  isArchive: boolean,
  problems: Problem[],
): EvidencePlan | undefined {
  const { evidence: folder, evidenceKey, sample, seed } = options;
  const wrong = (file: string, message: string) => void problems.push({ file, line: 0, column: 0, message });
  if (folder === undefined) {
    for (const [name, value] of Object.entries({
      '--evidence-key': evidenceKey,
      '--sample': sample,
      '--seed': seed,
    }))
      if (value !== undefined) wrong(name, 'expected --evidence beside it');
    return undefined;
  }
  if (fs.existsSync(folder))
    wrong('--evidence', `${quote(folder)} is there already: expected a name that is free`);
  else if (!fs.existsSync(path.dirname(folder)))
    wrong('--evidence', `there is no folder ${quote(path.dirname(folder))} to write into`);
  if (paths.some((place) => isFolder(place) && liesWithin(place, folder)))
    wrong('--evidence', `${quote(folder)} lies among the logs: expected a place of its own`);
  const stream = files.find(({ regular, skip }) => !regular && skip === undefined);
  if (stream !== undefined)
    wrong('--evidence', `${quote(stream.file)} cannot be read a second time, for the sample`);
  if (isArchive) wrong('--evidence', 'an archive proves its own contents: expected logs');
  if (options.since !== undefined || options.until !== undefined)
    wrong('--evidence', 'a population is of whole files: leave out --since and --until');
  const size = sample === undefined ? DEFAULT_SAMPLE : /^\d{1,6}$/.test(sample) ? Number(sample) : -1;
  if (size < 0 || size > MAX_SAMPLE)
    wrong('--sample', `expected a whole number up to ${MAX_SAMPLE}, found ${quote(sample!)}`);
  if (seed !== undefined && !/^[\w.:-]{1,200}$/.test(seed))
    wrong('--seed', 'expected at most 200 letters, digits and ._:-');
  const signer = evidenceKey === undefined ? undefined : readSignerKey(evidenceKey, problems);
  if (signer !== undefined && isOpenToOthers(evidenceKey!))
    wrong('--evidence-key', `${quote(evidenceKey!)} can be read by others: chmod 600 it`);
  if (signer !== undefined && signer.kind !== 'ed25519')
    wrong('--evidence-key', 'expected an Ed25519 key, found one of a witness');
  return { folder, size, seed, signer };
}

/** Undefined, or why there is no bundle: then nothing was written. */
export async function writeEvidence(
  { folder, size, seed: named, signer }: EvidencePlan,
  report: Report,
  request: AuditRequest,
  config: Config,
  given: ReportOptions,
): Promise<string | undefined> {
  const digests = report.inputs.map(({ sha256 }) => sha256 ?? '').join('\n');
  const seed = named ?? sha256Hex(digests);
  const { events, population, notSampled, changed } = await drawSample(report, request, { seed, size });
  if (changed.length > 0)
    return `no evidence was written: ${changed.map(quote).join(', ')} changed while it was audited`;
  const configuration = readConfiguration(config, given, report);
  const predicate: EvidencePredicate = {
    ...factsOf(report),
    sample: { seed, size, population, notSampled },
    configuration: configuration.map(({ content: _, ...entry }) => entry),
    ...toldOptions(given, request, config, report),
  };
  const content: Record<string, string | Uint8Array> = {
    ...renderTables(report, events),
    ...renderFormats(report),
  };
  for (const { copy, content: bytes } of configuration) if (copy !== undefined) content[copy] = bytes!;
  const sign = signer && ((statement: string) => signStatement(statement, signer));
  writeFolderWhole(folder, makeBundle(content, report, predicate, sign));
  return undefined;
}

type ConfigurationFile = EvidencePredicate['configuration'][number] & { content?: Uint8Array };

/** What the run was told, in files of its own: each with its digest and a copy. What is shipped is known by the version. */
function readConfiguration(config: Config, given: ReportOptions, report: Report): ConfigurationFile[] {
  return ownFiles(config, given, report).map(({ file, source, holdsKey }, index): ConfigurationFile => {
    const content = fs.readFileSync(file);
    const entry = { file, sha256: sha256Hex(content), ...(source !== undefined && { source }) };
    if (holdsKey) return { ...entry, reason: 'not copied: it holds a key' };
    const copy = `configuration/${String(index + 1).padStart(2, '0')}-${path.basename(file)}`;
    return { ...entry, copy, content };
  });
}

/** Under a temporary name beside it, renamed when all of it is on the disk. */
function writeFolderWhole(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  const temporary = path.join(
    path.dirname(folder),
    `.${path.basename(folder)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    for (const [name, content] of files) {
      const place = path.join(temporary, name);
      fs.mkdirSync(path.dirname(place), { recursive: true });
      const descriptor = fs.openSync(place, 'wx', 0o644);
      try {
        fs.writeFileSync(descriptor, content);
        fs.fsyncSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    }
    fs.renameSync(temporary, folder);
  } catch (error) {
    fs.rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}
