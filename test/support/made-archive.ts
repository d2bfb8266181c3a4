/** Archives as tests need them: keys made from fixed bytes, a writer, a verdict. Tests only. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compareText } from '../../src/base/text-safety.ts';
import { judgeArchiveCheckpoint } from '../../src/cli/verify-trust.ts';
import { decodedBlocks } from '../../src/read/open.ts';
import { auditArchive } from '../../src/store/archive-audit.ts';
import { createSealer } from '../../src/store/archive-sealer.ts';
import { StreamCollector, type StreamEnd } from '../../src/store/archive-stream.ts';
import { ArchiveWriter } from '../../src/store/archive-writer.ts';
import { formatCheckpoint } from '../../src/transparency/checkpoint.ts';
import { generateKey, parseSignerKey, parseVerifierKey } from '../../src/transparency/note-key.ts';
import { signNote } from '../../src/transparency/signed-note.ts';

export const KEYS = generateKey('archive.example/log', Buffer.alloc(32, 7));
export const OTHER_KEYS = generateKey('archive.example/log', Buffer.alloc(32, 8));

export function temporaryFolder(name: string): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), `audit-check-${name}-`));
}

export async function openArchive(
  archive: string,
  recipients: string[] = [],
  keys = KEYS,
): Promise<ArchiveWriter> {
  const signer = parseSignerKey(keys.signer);
  return ArchiveWriter.open(archive, {
    origin: signer.name,
    encryption: recipients.length > 0 ? 'age' : 'none',
    sealer: await createSealer(recipients),
    sign: (size, root) => signNote(formatCheckpoint({ origin: signer.name, size, root }), [signer]),
  });
}

/** One line for each of `actors`, a minute apart; `day` sets them apart from those of another file. */
export function lines(day: number, ...actors: string[]): string[] {
  return actors.map((actor, index) => {
    const time = new Date(Date.UTC(2026, 2, day, 8, index)).toISOString();
    return JSON.stringify({
      time,
      id: `d${day}-${index}`,
      actor,
      action: 'read',
      target: '/a',
      outcome: 'success',
    });
  });
}

/** Hands the lines of one file to the writer; `repeat` is given when they have to be read again. */
export async function addLines(
  writer: ArchiveWriter,
  name: string,
  records: readonly string[],
  { rereadable = true, segmentBytes }: { rereadable?: boolean; segmentBytes?: number } = {},
): Promise<StreamEnd> {
  let recognized: Extract<StreamEnd, { kind: 'again' }>['recognized'] | undefined;
  for (;;) {
    const stream = new StreamCollector(writer, writer.known, {
      name,
      class: 'default',
      rereadable,
      ...(segmentBytes !== undefined && { segmentBytes }),
      ...(recognized !== undefined && { recognized }),
    });
    stream.source = 'audit';
    for (const record of records) {
      const ms = Date.parse((JSON.parse(record) as { time: string }).time);
      stream.line(Buffer.from(record), ms, ms);
      await stream.drain();
    }
    const end = await stream.end();
    if (end.kind === 'collected') return end;
    recognized = recognized === undefined ? end.recognized : null;
  }
}

/** An archive of one segment for each file, all in one batch. */
export async function makeArchive(archive: string, files: Record<string, string[]>): Promise<void> {
  const writer = await openArchive(archive);
  for (const [name, records] of Object.entries(files)) await addLines(writer, name, records);
  await writer.commit();
  await writer.close();
}

/** Trust in these verifier keys alone. */
export function judgeBy(...verifiers: string[]) {
  const trust = { keys: verifiers.map(parseVerifierKey), policy: undefined };
  return (note: string) => judgeArchiveCheckpoint(note, trust);
}

export function verdictOf(archive: string, given: Partial<Parameters<typeof auditArchive>[1]> = {}) {
  return auditArchive(archive, { judge: judgeBy(KEYS.verifier), identities: [], retained: [], ...given });
}

export async function codesOf(
  archive: string,
  given: Parameters<typeof verdictOf>[1] = {},
): Promise<string[]> {
  const { result } = await verdictOf(archive, given);
  return result.findings.map(({ code }) => code).sort();
}

/** Records by how far they can be trusted. */
export async function assuranceOf(archive: string): Promise<Record<string, number>> {
  const { result } = await verdictOf(archive);
  const sums: Record<string, number> = {};
  for (const { ranges } of result.streams ?? [])
    for (const { assurance, records } of ranges) sums[assurance] = (sums[assurance] ?? 0) + records;
  return sums;
}

/** The lines of every segment, in the order of the log. */
export async function contentOf(archive: string): Promise<string[]> {
  const { files } = await verdictOf(archive);
  const content: string[] = [];
  for (const { file } of files.toSorted((a, b) =>
    compareText(path.basename(a.file), path.basename(b.file)),
  )) {
    const blocks: Uint8Array[] = [];
    for await (const block of decodedBlocks(file)) blocks.push(block);
    content.push(...Buffer.concat(blocks).toString().split('\n').slice(0, -1));
  }
  return content;
}
