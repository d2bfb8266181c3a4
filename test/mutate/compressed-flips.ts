/** One bit flipped in a gzip copy of a log: reading tells of it, or nothing of the content has changed. Tests only. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { SlotScanner } from '../../src/base/slot-scanner.ts';
import { DEFAULT_LIMITS } from '../../src/model/request.ts';
import { readInput } from '../../src/read/open.ts';
import { RecordReader } from '../../src/read/records.ts';
import { Chance } from '../support/made-json.ts';
import { PROTOCOL_MAKERS } from '../support/made-protocol.ts';
import type { Outcome } from './expected.ts';
import { attackedProfile } from './profiles.ts';
import { type Cell, miss, newCell, PER_LOG, type RunOptions } from './run-cases.ts';
import { makeScene, textsOf } from './scene.ts';

export const FLIP = 'bit flip in a compressed file';
export const FLIP_OUTCOME: Outcome = {
  kind: 'detected',
  codes: ['corrupt-input', 'truncated-input', 'malformed-record'],
};

/** Entries of a protocol's log. */
const ENTRIES = 12;

/** The bytes that tell gzip from other files (RFC 1952): without them it is another kind of file, told as such by discovery. */
export async function runFlips(name: string, { cases, seed }: RunOptions): Promise<Cell> {
  const cell = newCell(name, FLIP, FLIP_OUTCOME);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'audit-check-flips-'));
  const file = path.join(folder, 'log.ndjson.gz');
  try {
    let text = '';
    let stored = Buffer.of();
    for (let turn = 0; turn < cases; turn++) {
      const chance = new Chance(seed + turn * 31);
      if (turn % PER_LOG === 0) {
        text = `${linesOf(name, seed + turn).join('\n')}\n`;
        stored = zlib.gzipSync(text);
      }
      const flipped = Buffer.from(stored);
      const at = chance.below(flipped.length);
      flipped[at]! ^= 1 << chance.below(8);
      writeFileSync(file, flipped);
      const { content, told } = await readBack(file);
      cell.cases++;
      if (told !== undefined) cell.told.set(told, (cell.told.get(told) ?? 0) + 1);
      else if (content !== text) miss(cell, seed + turn, `byte ${at} was flipped and nothing was told`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return cell;
}

function linesOf(name: string, seed: number): string[] {
  const maker = PROTOCOL_MAKERS[name];
  if (maker !== undefined) return maker.toLines(maker.chain(ENTRIES, new Chance(seed)));
  return textsOf(makeScene(attackedProfile(name), seed).records);
}

/** What was read, and in which word the reader told that something is wrong. */
async function readBack(file: string): Promise<{ content: string; told: string | undefined }> {
  const scanner = new SlotScanner();
  let content = '';
  let malformed = false;
  let scanned = '';
  const reader = new RecordReader(
    {
      begin: () => undefined,
      scan(bytes, start, end) {
        const after = scanner.scan(bytes, start, end);
        scanned = Buffer.from(bytes.subarray(start, after)).toString();
        return after;
      },
      record() {
        content += `${scanned}\n`;
      },
      malformed() {
        malformed = true;
      },
    },
    { recordLimit: DEFAULT_LIMITS.recordBytes },
  );
  const { problem, failure } = await readInput(file, reader, DEFAULT_LIMITS, () => {});
  return { content, told: problem?.code ?? failure ?? (malformed ? 'malformed-record' : undefined) };
}
