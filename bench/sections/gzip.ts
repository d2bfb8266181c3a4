/** The same bytes as thousands of small gzip files, as clouds deliver them, and as one gzip file for each core. */
import { CORES, writeGzip } from '../data/gzip.ts';
import { measureInTurn } from '../measure.ts';
import { CACHE } from '../places.ts';
import { atMost, type Section, timesOf } from '../section.ts';
import { upToJobs, verifyCommand } from '../tool.ts';

const EVENTS_PER_FILE = 250;

export const gzip: Section = {
  name: 'gzip',
  about: 'thousands of small gzip files against the same bytes in one for each core',
  async run({ gzipFiles, runs }) {
    const events = gzipFiles * EVENTS_PER_FILE;
    const small = writeGzip(CACHE, events, gzipFiles);
    const large = writeGzip(CACHE, events, CORES);
    const { words, flags } = upToJobs(CORES);
    const command = (files: number, { folder, bytes }: { folder: string; bytes: number }) =>
      verifyCommand({
        name: `audit-check verify, ${words}, ${files} gzip files`,
        paths: [folder],
        events,
        bytes,
        flags,
      });
    const many = command(gzipFiles, small);
    const few = command(CORES, large);
    const rows = await measureInTurn([few, many], runs);
    return {
      title: 'gzip: many small files and few large ones',
      rows: [...rows.values()],
      references: [{ heading: `${CORES} files`, row: few.name }],
      wants: [
        atMost(
          `${gzipFiles} files against ${CORES}`,
          1.5,
          timesOf(rows.get(many.name), rows.get(few.name)),
          'x',
        ),
      ],
      notes: ['MB/s are of the decompressed bytes'],
    };
  },
};
