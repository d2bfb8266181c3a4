/** `audit-check chain infer`: from a log whose format nobody documented to the profile that recomputes its hashes. */
import fs from 'node:fs';
import path from 'node:path';
import { compareText, count, escapeControls, formatNumber, quote } from '../base/text-safety.ts';
import type { ProfileDocument } from '../chain/infer/candidate.ts';
import { type Sample, toSamples } from '../chain/infer/columns.ts';
import { type Inference, inferProfile } from '../chain/infer/infer-profile.ts';
import { toProfileYaml } from '../chain/infer/profile-yaml.ts';
import { fitProfiles, type ProfileFit } from '../chain/infer/try-profiles.ts';
import { whyNot } from '../chain/infer/why-not.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { toRecordView } from '../sources/record-view.ts';
import { type ChainOptions, type ChainTools, loadChainTools } from './chain-options.ts';
import { problem, readLogRecords } from './chain-records.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { LIBRARY } from './library.ts';
import { writeStream } from './write-output.ts';

export type InferCommandOptions = ChainOptions & {
  shipped: boolean;
  budget: string;
  records: string;
  format: 'text' | 'json';
};

type Answer = {
  /** The shipped or own profile that fits; null for an inferred one, and where there is none. */
  profile: string | null;
  yaml: string | null;
  recomputed: number;
  known: number;
  records: number;
  tried: number;
  /** Why no profile, or not for all records; empty where one recomputes them all. */
  reasons: string[];
};

/** Prints a profile. Exit 0 when it recomputes every record, 1 when only some, 3 when there is none. */
export async function inferChain(paths: string[], options: InferCommandOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const tools = loadChainTools(options, problems);
  const budget = wholeNumber('--budget', options.budget, problems);
  const most = wholeNumber('--records', options.records, problems);
  if (problems.length > 0) throw new ProblemsError(problems);

  const texts: Uint8Array[] = [];
  const { mapping } = await readLogRecords(
    paths,
    Object.values(tools.mappings),
    options.source,
    ({ bytes }) => {
      texts.push(bytes);
      return texts.length < most;
    },
  );
  const samples = toSamples(texts);
  const answer =
    samples.length < 2
      ? tooFew(samples.length)
      : infer(samples, paths, toRecordView(mapping), tools, budget, options.shipped);
  await writeStream(
    process.stdout,
    options.format === 'json' ? `${JSON.stringify(answer, undefined, 2)}\n` : toText(answer),
  );
  if (answer.yaml === null) return EXIT.incomplete;
  return answer.recomputed < answer.known ? EXIT.findings : EXIT.clean;
}

function wholeNumber(flag: string, text: string, problems: Problem[]): number {
  if (/^[1-9]\d{0,11}$/.test(text)) return Number(text);
  problems.push(problem('arguments', `${flag}: expected a whole number from 1, found ${quote(text)}`));
  return 1;
}

function tooFew(records: number): Answer {
  const reasons = [`expected at least 2 records that are JSON objects, found ${formatNumber(records)}`];
  return { profile: null, yaml: null, recomputed: 0, known: 0, records, tried: 0, reasons };
}

function infer(
  samples: readonly Sample[],
  paths: readonly string[],
  view: ReturnType<typeof toRecordView>,
  { profiles, keys }: ChainTools,
  budget: number,
  shipped: boolean,
): Answer {
  const names = Object.keys(profiles).sort(compareText);
  const fits = shipped
    ? fitProfiles(
        names.map((name) => profiles[name]!),
        samples,
        view,
        keys,
      )
    : [];
  const [best] = fits;
  if (best !== undefined && best.recomputed === best.known) return knownAnswer(best, fits, samples.length);
  const found = inferProfile(samples, view, { budget, keys, onProgress: sayProgress });
  clearProgress();
  if (best !== undefined && best.recomputed >= found.recomputed)
    return knownAnswer(best, fits, samples.length);
  const { recomputed, known, tried, document } = found;
  const reasons = whyNot(found, samples.length, keys);
  if (document === undefined)
    return { profile: null, yaml: null, recomputed, known, records: samples.length, tried, reasons };
  const yaml = toProfileYaml(document, comments(found, document, paths, samples.length));
  return { profile: null, yaml, recomputed, known, records: samples.length, tried, reasons };
}

function comments(
  found: Inference,
  document: ProfileDocument,
  paths: readonly string[],
  records: number,
): string[] {
  const lines = [
    `Inferred from ${count(records, 'record')} of ${paths.map(quote).join(', ')}: ${formatNumber(found.recomputed)} of ${formatNumber(found.known)} hashes recompute.`,
    'Save it as NAME.yaml in a folder that "chains" in audit-check.yaml names; then: audit-check chain lint NAME.yaml',
  ];
  if (found.equals.length > 0) lines.push(`These records cannot tell it from: ${found.equals.join('; ')}`);
  if (Array.isArray(document.genesis) && document.genesis.length === 0)
    lines.push(
      'No first record was among them: say under "genesis" what stands in place of the previous hash there.',
    );
  return lines.map(escapeControls);
}

function knownAnswer(best: ProfileFit, fits: readonly ProfileFit[], records: number): Answer {
  const { profile, recomputed, known, members } = best;
  const others = fits
    .filter((fit) => fit.profile !== profile && fit.recomputed === recomputed && fit.known === known)
    .map((fit) => fit.profile.name);
  const lines = [
    `The profile ${profile.name} fits: ${formatNumber(recomputed)} of ${formatNumber(known)} hashes of ${count(records, 'record')} recompute.`,
    `Chain fields: previous hash ${members.previous}, own hash ${members.own ?? 'in the next record'}.`,
    `Nothing needs to be saved: audit-check verify --chain ${profile.name}`,
  ];
  if (others.length > 0) lines.push(`These records cannot tell it from: ${[...new Set(others)].join(', ')}`);
  const file = path.join(LIBRARY, 'chains', `${profile.name}.yaml`);
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const yaml = `${lines.map((line) => `# ${escapeControls(line)}\n`).join('')}${text}`;
  const reasons =
    recomputed < known
      ? [
          `${formatNumber(known - recomputed)} of ${formatNumber(known)} hashes do not recompute: audit-check verify names the records`,
        ]
      : [];
  return { profile: profile.name, yaml, recomputed, known, records, tried: 0, reasons };
}

function toText({ yaml, reasons }: Answer): string {
  if (yaml === null)
    return `${['no profile was found', ...reasons.map((reason) => `  ${reason}`)].map(escapeControls).join('\n')}\n`;
  return `${reasons.map((reason) => `# ${escapeControls(reason)}\n`).join('')}${yaml}`;
}

let drawn = false;

function sayProgress(tried: number): void {
  if (process.stderr.isTTY !== true) return;
  drawn = true;
  process.stderr.write(`\r\u001b[2Ksearching: ${formatNumber(tried)} pre-images tried`);
}

function clearProgress(): void {
  if (drawn) process.stderr.write('\r\u001b[2K');
  drawn = false;
}
