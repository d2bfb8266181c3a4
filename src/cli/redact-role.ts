/** `audit-check redact --role`: a copy of the archive without the fields that a policy withholds from the role. */
import fs from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../base/nearest-name.ts';
import { isSystemError } from '../base/system-error.ts';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { ShapeReader } from '../base/yaml-shape.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { compileWithout, parseRedactionPolicy, type RoleView } from '../redaction/redaction-policy.ts';
import type { ViewMarker } from '../store/archive-records.ts';
import { unfinishedView, type ViewSum, writeView } from '../store/archive-view.ts';
import { timeNow } from './clock.ts';
import { refusal } from './collect.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { liesWithin } from './places.ts';
import {
  expectSettled,
  expectSound,
  openForRedaction,
  type Redaction,
  type RedactOptions,
  wrong,
} from './redact.ts';
import { writeStream } from './write-output.ts';
import { readYamlFile } from './yaml-file.ts';

export async function redactForRole(
  redaction: Redaction | undefined,
  options: RedactOptions,
  problems: Problem[],
): Promise<ExitCode> {
  const { policy, role, into, reason, by } = options;
  const view = policy === undefined || role === undefined ? undefined : readRole(policy, role, problems);
  if (view?.needsReason && reason === undefined)
    wrong(
      problems,
      '--reason',
      `expected why: the policy asks whoever takes the view for ${quote(view.name)} for a reason`,
    );
  if (into !== undefined) checkPlace(into, redaction?.archive, problems);
  if (problems.length > 0 || redaction === undefined || view === undefined || into === undefined)
    throw new ProblemsError(problems);
  const marker: ViewMarker = {
    role: view.name,
    without: [...view.without],
    ...(reason !== undefined && { reason }),
    ...(by !== undefined && { by }),
    at: timeNow(),
  };
  const sum = await makeView(redaction, into, marker);
  const fields =
    sum.fields === 0
      ? 'nothing withheld'
      : `${count(sum.fields, 'field')} of ${count(sum.withheld, 'record')} withheld`;
  const shown = escapeControls(into);
  await writeStream(
    process.stdout,
    `view of role ${quote(view.name)} in ${shown}: ${count(sum.records, 'record')} in ${count(sum.segments, 'segment')}, ${fields}\n`,
  );
  return EXIT.clean;
}

async function makeView(redaction: Redaction, into: string, marker: ViewMarker): Promise<ViewSum> {
  const { archive, signer, identities, sealer } = redaction;
  const write = () =>
    writeView(archive, into, marker, compileWithout(marker.without), { identities, sealer });
  try {
    if (signer === undefined) {
      expectSettled(redaction);
      await expectSound(redaction);
      return await write();
    }
    const writer = await openForRedaction(redaction, signer);
    try {
      await expectSound(redaction);
      writer.declare({ type: 'view', ...marker });
      await writer.commit();
      return await write();
    } finally {
      await writer.close();
    }
  } catch (error) {
    if (isSystemError(error))
      throw refusal(
        into,
        `the view cannot be written: ${error.code}; what there is of it lies in ${unfinishedView(into)}`,
      );
    throw error;
  }
}

function readRole(file: string, name: string, problems: Problem[]): RoleView | undefined {
  const yaml = readYamlFile(file, problems);
  if (yaml === undefined) return undefined;
  if (yaml.root?.kind !== 'map') {
    problems.push({ file, line: 1, column: 1, message: 'expected "roles": what each role may not see' });
    return undefined;
  }
  const { roles } = parseRedactionPolicy(new ShapeReader(file, yaml.root, problems));
  const role = roles.find((each) => each.name === name);
  const names = roles.map((each) => each.name);
  if (role === undefined && names.length > 0)
    wrong(
      problems,
      '--role',
      `expected one of ${names.map(quote).join(', ')}, found ${quote(name)}${didYouMean(name, names)}`,
    );
  return role;
}

function checkPlace(into: string, archive: string | undefined, problems: Problem[]): void {
  if (fs.existsSync(into))
    wrong(problems, '--into', `${quote(into)} is there already: expected a new folder`);
  const unfinished = unfinishedView(into);
  if (fs.existsSync(unfinished))
    wrong(problems, '--into', `${quote(unfinished)} is left of an interrupted run: remove it`);
  if (!fs.existsSync(path.dirname(path.resolve(into))))
    wrong(problems, '--into', `the folder of ${quote(into)} is not there`);
  if (archive !== undefined && liesWithin(archive, into))
    wrong(problems, '--into', `${quote(into)} lies in the archive: expected a place of its own`);
}
