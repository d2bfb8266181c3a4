/** The sample of an evidence bundle: a second look at the logs, which must be what they were. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { parseJson } from '../base/json.ts';
import { isSystemError } from '../base/system-error.ts';
import { togetherText } from '../engine/list-text.ts';
import { type SampledRecord, Sampler } from '../evidence/sample.ts';
import { SAMPLED_FIELDS, type SampledEvent } from '../evidence/tables.ts';
import type { InputSummary, Report } from '../model/report.ts';
import type { AuditRequest } from '../model/request.ts';
import { unwrapDocker } from '../read/docker.ts';
import { decodedBlocks } from '../read/open.ts';
import type { Mapping } from '../sources/mapping.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { toRecordView } from '../sources/record-view.ts';
import { equalHashes, HASH_BYTES, leafHash } from '../transparency/tree-hash.ts';
import { type Framing, LeafReader } from './seal-leaves.ts';

export type DrawnSample = {
  events: SampledEvent[];
  population: number;
  notSampled: { file: string; reason: string }[];
  /** Files whose bytes are not those that were audited. */
  changed: string[];
};

/** `placeOf`: where a file of the report lies now. */
export async function drawSample(
  report: Report,
  request: Pick<AuditRequest, 'sources' | 'limits'>,
  { seed, size }: { seed: string; size: number },
  placeOf: (file: string) => string = (file) => file,
): Promise<DrawnSample> {
  const { sources, limits } = request;
  const readerOf = readersBySource({ sources, limits });
  const sampler = new Sampler(seed, size);
  const notSampled: DrawnSample['notSampled'] = [];
  const changed: string[] = [];
  for (const input of report.inputs) {
    const { file, sha256, records } = input;
    if (records.read === 0 || sha256 === null) {
      if (!(await isSameFile(placeOf(file), input))) changed.push(file);
      if (records.read === 0) continue;
    }
    const own = new Sampler(seed, size);
    const read = await readerOf(input.source).read(
      placeOf(file),
      ({ count, hashes, lines, offsets, lengths }) => {
        for (let at = 0; at < count; at += 1) {
          const leaf = () =>
            Buffer.from(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)).toString('hex');
          own.offer(file, sha256 ?? '', lines[at]!, offsets[at]!, lengths[at]!, leaf);
        }
      },
    );
    if (read.sha256 !== sha256) changed.push(file);
    else if (own.population !== records.read - records.malformed)
      notSampled.push({
        file,
        reason: `${own.population} of its ${records.read - records.malformed} records are found again by themselves: lines of a text log are not`,
      });
    else sampler.take(own);
  }
  const events = await readEvents(sampler.finish(), report, sources as Record<string, Mapping>, placeOf);
  return { events, population: sampler.population, notSampled, changed };
}

/**
 * One for each source that the report names: the run may have been told the source of all files, and what a file is was
 * decided then.
 */
function readersBySource(framing: Omit<Framing, 'source'>): (source: string | null) => LeafReader {
  const readers = new Map<string | null, LeafReader>();
  return (named) => {
    const source = named !== null && Object.hasOwn(framing.sources, named) ? named : null;
    const reader = readers.get(source) ?? new LeafReader({ ...framing, ...(source !== null && { source }) });
    readers.set(source, reader);
    return reader;
  };
}

/** Whether a file that no record is drawn of is the one that was audited; one that was not read to its end has no digest. */
async function isSameFile(place: string, { sha256, bytes }: InputSummary): Promise<boolean> {
  try {
    if (sha256 === null) return fs.statSync(place).size === bytes;
    const hash = createHash('sha256');
    for await (const block of fs.createReadStream(place)) hash.update(block);
    return hash.digest('hex') === sha256;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return false;
  }
}

/** The sampled records with what a tester reads of them. */
async function readEvents(
  records: readonly SampledRecord[],
  { inputs }: Report,
  sources: Readonly<Record<string, Mapping>>,
  placeOf: (file: string) => string,
): Promise<SampledEvent[]> {
  const events: SampledEvent[] = [];
  for (const file of new Set(records.map((record) => record.file))) {
    const own = records.filter((record) => record.file === file);
    const source = inputs.find((input) => input.file === file)?.source;
    const read = fieldReader(sources[source ?? ''] ?? UNKNOWN_SOURCE);
    const texts = await readSpots(placeOf(file), own);
    events.push(...own.map((record, index) => ({ ...record, ...read(recordIn(texts[index]!, record)) })));
  }
  return events;
}

/** The record itself: Docker's json-file driver wraps each, and then the bytes of its place are those of the wrapper. */
function recordIn(bytes: Uint8Array, { leaf }: SampledRecord): Uint8Array {
  if (equalHashes(leafHash(bytes), Buffer.from(leaf, 'hex'))) return bytes;
  const wrapped = unwrapDocker(parseJson(bytes));
  return wrapped === undefined ? bytes : Buffer.from(wrapped.trimEnd());
}

function fieldReader(mapping: Mapping): (bytes: Uint8Array) => Partial<SampledEvent> {
  const { fields, at } = toRecordView(mapping);
  const slots = SAMPLED_FIELDS.map((field) => [field, fields.audit(field)] as const);
  return (bytes) => {
    const event = at(bytes);
    return Object.fromEntries(
      slots.flatMap(([field, slot]) => {
        const text = togetherText(event, slot);
        return text === undefined ? [] : [[field, text]];
      }),
    );
  };
}

/** The bytes of records, which lie in order and apart from each other, out of one pass over the decoded file. */
async function readSpots(file: string, spots: readonly SampledRecord[]): Promise<Uint8Array[]> {
  const found: Buffer[] = spots.map(({ length }) => Buffer.alloc(length));
  let from = 0;
  let first = 0;
  for await (const block of decodedBlocks(file)) {
    for (let index = first; index < spots.length; index += 1) {
      const { offset, length } = spots[index]!;
      if (offset >= from + block.length) break;
      const start = Math.max(offset, from);
      const end = Math.min(offset + length, from + block.length);
      if (end > start) found[index]!.set(block.subarray(start - from, end - from), start - offset);
      if (offset + length <= from + block.length) first = index + 1;
    }
    from += block.length;
    if (first === spots.length) break;
  }
  return found;
}
