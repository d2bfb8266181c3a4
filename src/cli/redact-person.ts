/** `audit-check redact --person`: one person out of the archive itself, for good. */
import fs from 'node:fs';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { compileIdentifiers, compilePerson } from '../redaction/redaction-policy.ts';
import type { Field } from '../redaction/salted-record.ts';
import { type Erased, type Erasure, eraseFromArchive, leftPlaces } from '../store/archive-erasure.ts';
import { linkedSegments } from '../store/other-names.ts';
import { timeNow } from './clock.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { otherNameNote, refuseLinks } from './linked-files.ts';
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

/** What a person is called, and the line of the list it stands on. It is never printed: terminals and their logs are read. */
type Identifier = { text: string; line: number };

const MAX_LIST_BYTES = 1024 * 1024;

export async function redactPerson(
  redaction: Redaction | undefined,
  options: RedactOptions,
  problems: Problem[],
): Promise<ExitCode> {
  const { person = '', key = '', reason = '', by = '' } = options;
  const identifiers = readIdentifiers(person, problems);
  const isNamed = compileIdentifiers(identifiers.map(({ text }) => text));
  for (const [name, text] of Object.entries({ reason, by }))
    if (isNamed(text))
      wrong(problems, `--${name}`, 'it holds one of the identifiers: it is signed, and would stay for ever');
  if (redaction !== undefined)
    for (const file of [person, key].filter((each) => each !== '' && each !== '-'))
      if (liesWithin(redaction.archive, file))
        wrong(problems, file, 'it lies in the archive: keep it elsewhere');
  if (problems.length > 0 || redaction?.signer === undefined) throw new ProblemsError(problems);
  refuseLinks(linkedSegments(redaction.archive));
  const erasure = { reason, by, at: timeNow() };
  const tally = new Tally(identifiers);
  const sum = options.yes ? await erase(redaction, tally, erasure) : await plan(redaction, tally);
  const left = leftPlaces(redaction.archive, isNamed);
  await writeStream(process.stdout, `${tell(sum, tally, options.yes)}\n`);
  for (const { file, line, what } of left)
    await writeStream(
      process.stdout,
      `left: ${file}:${line}: ${what} holds an identifier; it is signed and cannot be erased\n`,
    );
  for (const file of sum.linked) process.stderr.write(`note: ${escapeControls(otherNameNote(file))}\n`);
  if (options.yes && sum.records > 0)
    process.stderr.write(
      'note: backups, snapshots, the exports that were collected and earlier views still hold what was erased\n',
    );
  if (!options.yes && sum.records > 0)
    process.stderr.write('note: nothing was written; give --yes to erase\n');
  return left.length > 0 ? EXIT.findings : EXIT.clean;
}

async function plan(redaction: Redaction, tally: Tally): Promise<Erased> {
  expectSettled(redaction);
  await expectSound(redaction);
  return eraseFromArchive(redaction.archive, redaction.identities, tally.isErased, undefined);
}

async function erase(redaction: Redaction, tally: Tally, erasure: Erasure): Promise<Erased> {
  const writer = await openForRedaction(redaction, redaction.signer!);
  try {
    await expectSound(redaction);
    const { archive, identities } = redaction;
    return await eraseFromArchive(archive, identities, tally.isErased, { writer, erasure });
  } finally {
    await writer.close();
  }
}

/** Counts by identifier what is found of a person. */
class Tally {
  readonly identifiers: readonly (Identifier & { fields: number })[];
  private readonly isPerson: (field: Field) => boolean;
  private readonly tests: ((field: Field) => boolean)[];

  constructor(identifiers: readonly Identifier[]) {
    this.identifiers = identifiers.map((identifier) => ({ ...identifier, fields: 0 }));
    this.isPerson = compilePerson(identifiers.map(({ text }) => text));
    this.tests = identifiers.map(({ text }) => compilePerson([text]));
  }

  readonly isErased = (field: Field): boolean => {
    if (!this.isPerson(field)) return false;
    for (const [index, test] of this.tests.entries()) if (test(field)) this.identifiers[index]!.fields++;
    return true;
  };
}

function tell(
  { fields, records, segments, searched, size }: Erased,
  { identifiers }: Tally,
  yes: boolean,
): string {
  const lines = identifiers.map(
    (identifier) =>
      `  line ${identifier.line} of the list: ${identifier.fields === 0 ? 'found nowhere' : `in ${count(identifier.fields, 'field')}`}`,
  );
  const what = `${count(fields, 'field')} of ${count(records, 'record')} in ${count(segments, 'segment')}`;
  if (records === 0)
    return [`nothing to erase: the person is in none of ${count(searched, 'record')}`, ...lines].join('\n');
  const head = yes
    ? `erased ${what}, of ${count(searched, 'record')}; the tombstones are signed, up to leaf ${size} of the log`
    : `would erase ${what}, of ${count(searched, 'record')}`;
  return [head, ...lines].join('\n');
}

function readIdentifiers(file: string, problems: Problem[]): Identifier[] {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown reason';
    wrong(problems, '--person', `the list ${quote(file)} cannot be read: ${code}`);
    return [];
  }
  if (bytes.length > MAX_LIST_BYTES) {
    wrong(problems, '--person', `expected a list of identifiers, found more than ${MAX_LIST_BYTES} bytes`);
    return [];
  }
  const identifiers = bytes
    .toString()
    .split('\n')
    .map((text, index) => ({ text: text.trim(), line: index + 1 }))
    .filter(({ text }) => text !== '');
  if (identifiers.length === 0) wrong(problems, '--person', 'expected identifiers, one a line, found none');
  return identifiers;
}
