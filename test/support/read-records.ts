/** Runs the record reader over a text in blocks of a given size and tells what it found. */

import type { JsonValue } from '../../src/base/json.ts';
import { UNUSUAL } from '../../src/base/scan-kernel.ts';
import { SlotScanner } from '../../src/base/slot-scanner.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import type { BesideMember, Malformed, Page, ReadTally } from '../../src/read/record-sink.ts';
import { RecordReader } from '../../src/read/records.ts';

type Found = {
  records: { line: number; offset: number; text: string }[];
  malformed: Malformed[];
  pages: Page[];
  beside: BesideMember[];
  tally: ReadTally;
  documents: readonly JsonValue[];
};

const KERNEL = newKernel();

function newKernel() {
  const kernel = loadKernel()!;
  return { kernel, trie: kernel.newTrie()! };
}

export function readRecords(
  input: string | Uint8Array,
  options: { kernel?: boolean; block?: number; wrapper?: string[]; limit?: number; sniff?: number } = {},
): Found {
  const bytes = Buffer.from(input);
  const scanner = new SlotScanner();
  const found: Found = {
    records: [],
    malformed: [],
    pages: [],
    beside: [],
    tally: undefined as unknown as ReadTally,
    documents: [],
  };
  let scanned: Uint8Array = bytes;
  const fast = options.kernel === true ? KERNEL : undefined;
  const reader = new RecordReader(
    {
      begin(documents) {
        found.documents = documents;
        return options.wrapper;
      },
      scan(buffer, start, end) {
        const after = scanner.scan(buffer, start, end);
        scanned = buffer.slice(start, after);
        return after;
      },
      scanLine(buffer, start, end) {
        const newline = fast === undefined ? UNUSUAL : fast.trie.scanLine(start, end);
        if (newline >= 0) scanned = buffer.slice(fast!.trie.recordStart, fast!.trie.recordEnd);
        return newline;
      },
      get scannedStart() {
        return KERNEL.trie.recordStart;
      },
      get scannedEnd() {
        return KERNEL.trie.recordEnd;
      },
      record(line, offset) {
        found.records.push({ line, offset, text: Buffer.from(scanned).toString() });
      },
      malformed(stretch) {
        found.malformed.push(stretch);
      },
      page(page) {
        found.pages.push(page);
      },
      beside(member) {
        found.beside.push(member);
      },
    },
    {
      recordLimit: options.limit ?? 1024 * 1024,
      ...(options.sniff !== undefined && { sniffBytes: options.sniff }),
      block: fast?.kernel.block,
    },
  );
  const size = options.block ?? bytes.length + 1;
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  found.tally = reader.finish();
  return found;
}
