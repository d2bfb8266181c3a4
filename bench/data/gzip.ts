/** CloudTrail events in gzip files: the same lines in the same order, cut into as many files as asked for. */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { writeCloudtrail } from './cloudtrail.ts';
import { lineOffsets } from './write-set.ts';

/** Files that can be read side by side; of the machine, so that the sets are the same elsewhere. */
export const CORES = 2;
/** zlib's own default, and the usual one of log shippers. */
const LEVEL = 6;

/** Writes `files` gzip files, unless they are there. `bytes` are of the decompressed lines. */
export function writeGzip(cache: string, events: number, files: number): { folder: string; bytes: number } {
  const source = writeCloudtrail(cache, events);
  const folder = path.join(cache, `gzip-${events}-in-${files}`);
  const bytes = fs.statSync(source).size;
  if (fs.existsSync(folder)) return { folder, bytes };
  const temporary = `${folder}.${process.pid}.tmp`;
  fs.mkdirSync(temporary, { recursive: true });
  const offsets = lineOffsets(source, Math.ceil(events / files));
  const descriptor = fs.openSync(source, 'r');
  for (const [index, start] of offsets.slice(0, -1).entries()) {
    const lines = Buffer.alloc(offsets[index + 1]! - start);
    fs.readSync(descriptor, lines, 0, lines.length, start);
    const name = `trail-${String(index).padStart(5, '0')}.json.gz`;
    fs.writeFileSync(path.join(temporary, name), zlib.gzipSync(lines, { level: LEVEL }));
  }
  fs.closeSync(descriptor);
  fs.renameSync(temporary, folder);
  return { folder, bytes };
}
