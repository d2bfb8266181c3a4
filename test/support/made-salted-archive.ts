/** Salted archives as tests need them: salts in a fixed order, edits of stored lines, and every byte that is there. Tests only. */
import fs from 'node:fs';
import path from 'node:path';
import { decodedBlocks } from '../../src/read/open.ts';
import { compilePerson } from '../../src/redaction/redaction-policy.ts';
import { eraseFromArchive } from '../../src/store/archive-erasure.ts';
import type { Salting } from '../../src/store/archive-salting.ts';
import { createSealer } from '../../src/store/archive-sealer.ts';
import { StreamCollector } from '../../src/store/archive-stream.ts';
import { ArchiveWriter } from '../../src/store/archive-writer.ts';
import { formatCheckpoint } from '../../src/transparency/checkpoint.ts';
import { parseSignerKey } from '../../src/transparency/note-key.ts';
import { signNote } from '../../src/transparency/signed-note.ts';
import { KEYS } from './made-archive.ts';

/** Distinct salts in a fixed order. */
export function countingSalts(): Salting {
  let next = 0;
  return { newSalt: () => String(next++).padStart(22, 'A'), recognitionKey: Buffer.alloc(32, 9) };
}

export async function openSalted(archive: string): Promise<ArchiveWriter> {
  const signer = parseSignerKey(KEYS.signer);
  return ArchiveWriter.open(archive, {
    origin: signer.name,
    encryption: 'none',
    leaf: 'salted-fields',
    sealer: await createSealer([]),
    sign: (size, root) => signNote(formatCheckpoint({ origin: signer.name, size, root }), [signer]),
  });
}

/** One segment for each file, all in one batch. */
export async function makeSalted(archive: string, files: Record<string, readonly string[]>): Promise<void> {
  const writer = await openSalted(archive);
  const salting = countingSalts();
  for (const [name, records] of Object.entries(files)) {
    const stream = new StreamCollector(writer, writer.known, {
      name,
      class: 'default',
      rereadable: true,
      salting,
    });
    stream.source = 'audit';
    for (const record of records) stream.line(Buffer.from(record), Number.NaN, Number.NaN);
    await stream.end();
  }
  await writer.commit();
  await writer.close();
}

export const ERASURE = { reason: 'case 1', by: 'privacy office', at: '2026-04-01T00:00:00Z' };

/** Takes a person out. */
export async function erasePerson(archive: string, ...identifiers: string[]) {
  const writer = await openSalted(archive);
  try {
    return await eraseFromArchive(archive, [], compilePerson(identifiers), { writer, erasure: ERASURE });
  } finally {
    await writer.close();
  }
}

async function decode(file: string): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of decodedBlocks(file)) blocks.push(block);
  return Buffer.concat(blocks);
}

/** What an attacker does to the lines of a segment, who can compress but not sign. */
export async function rewriteLines(file: string, change: (lines: string[]) => string[]): Promise<void> {
  const before = (await decode(file)).toString().split('\n').slice(0, -1);
  const sealer = await createSealer([]);
  const bytes = await sealer(
    Buffer.from(
      change(before)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  );
  fs.rmSync(file);
  fs.writeFileSync(file, bytes);
}

/** Names, stored bytes and decoded bytes of every file below the folder. */
export async function everyByte(folder: string): Promise<string> {
  const parts: string[] = [];
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    parts.push(path.relative(folder, file));
    if (entry.isFile()) parts.push(fs.readFileSync(file, 'latin1'), (await decode(file)).toString('latin1'));
  }
  return parts.join('\n');
}

export function segmentOf(archive: string, name: string): string {
  return path.join(archive, 'segments', `${name}.ndjson.zst`);
}
