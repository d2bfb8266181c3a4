/** The next day: a log that was audited, and has grown by a hundredth, audited again with `--state`. */
import fs from 'node:fs';
import path from 'node:path';
import { writeChained } from '../data/chained.ts';
import { measureInTurn } from '../measure.ts';
import { digest } from '../peers.ts';
import { CACHE } from '../places.ts';
import { atMost, type Section } from '../section.ts';
import { canVerify, sizeOf, upToJobs, verifyCommand, WITH_SEATS } from '../tool.ts';

const GROWTH = 0.01;
const WANTED = 0.05;
const WANTED_WORDS = 'second run within 5 % of the full run and the digest of the old bytes';
const FULL = 'full run, which writes the state';
const AGAIN = 'second run, after one percent more';
const DIGEST = 'SHA-256 of the old bytes, one process';
const WITHOUT = 'full run without --state';

export const incremental: Section = {
  name: 'incremental',
  about: 'a log that has grown by a hundredth, with --state',
  async run({ incrementalEvents: events, runs }) {
    const title = 'incremental: --state, and one percent more';
    if (!canVerify('--state')) {
      const wants = [{ wanted: WANTED_WORDS, measured: 'not measured', held: undefined }];
      return { title, rows: [], references: [], wants, notes: ['verify --help lists no --state'] };
    }
    const base = writeChained(CACHE, events);
    const grown = Math.round(events * (1 + GROWTH));
    const tail = writeChained(CACHE, grown, events);
    const bytes = sizeOf(base);
    // A log and a state of its own: both change with every run.
    const folder = path.join(CACHE, `incremental-${process.pid}`);
    const log = path.join(folder, 'audit.ndjson');
    const state = path.join(folder, 'state');
    fs.mkdirSync(folder, { recursive: true });
    const flags = [...WITH_SEATS, ...upToJobs(2).flags];
    const stateFlags = [...flags, '--state', state];
    try {
      fs.copyFileSync(base, log);
      const rows = await measureInTurn(
        [
          verifyCommand({ name: WITHOUT, paths: [base], events, bytes, flags }),
          verifyCommand({
            name: FULL,
            paths: [log],
            events,
            bytes,
            flags: stateFlags,
            prepare: () => {
              fs.rmSync(state, { recursive: true, force: true });
              fs.truncateSync(log, bytes);
            },
          }),
          digest(DIGEST, { file: base, events, bytes }),
          verifyCommand({
            name: AGAIN,
            paths: [log],
            events: grown,
            // A state may count the old records again, or the new ones only.
            alsoReads: grown - events,
            bytes: bytes + sizeOf(tail),
            flags: stateFlags,
            prepare: () => fs.appendFileSync(log, fs.readFileSync(tail)),
          }),
        ],
        runs,
      );
      const [full, again, proof] = [rows.get(FULL)!, rows.get(AGAIN)!, rows.get(DIGEST)!];
      return {
        title,
        rows: [...rows.values()],
        references: [{ heading: 'full', row: FULL }],
        wants: [atMost(WANTED_WORDS, WANTED * full.seconds + proof.seconds, again.seconds, 's')],
        notes: [
          `the second run is ${percent(again.seconds / full.seconds)} of the full run, the digest ${percent(proof.seconds / full.seconds)}`,
          `the state is ${(folderSize(state) / 1e6).toFixed(1)} MB on disk`,
        ],
      };
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  },
};

function folderSize(folder: string): number {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + sizeOf(path.join(entry.parentPath, entry.name)), 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
