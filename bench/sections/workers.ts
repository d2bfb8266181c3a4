/** What a second worker is worth, on a run long enough that starting one does not count. */
import { writeChained } from '../data/chained.ts';
import { measureInTurn } from '../measure.ts';
import { CACHE } from '../places.ts';
import { atLeast, type Section, timesOf } from '../section.ts';
import { jobs, NO_JOBS, sizeOf, verifyCommand, WITH_SEATS } from '../tool.ts';

const LEAST_SECONDS = 10;

export const workers: Section = {
  name: 'workers',
  about: 'one worker and two over the same long log',
  async run({ workersEvents: events, runs }) {
    const title = 'workers: one and two over the same log';
    const one = jobs(1);
    const two = jobs(2);
    if (one === undefined || two === undefined)
      return { title, rows: [], references: [], wants: [toWant(undefined)], notes: [NO_JOBS] };
    const file = writeChained(CACHE, events);
    const input = { paths: [file], events, bytes: sizeOf(file) };
    const single = verifyCommand({ name: '1 worker', ...input, flags: [...WITH_SEATS, ...one] });
    const double = verifyCommand({ name: '2 workers', ...input, flags: [...WITH_SEATS, ...two] });
    const rows = await measureInTurn([single, double], runs);
    const [slow, fast] = [rows.get(single.name), rows.get(double.name)];
    const short = fast !== undefined && fast.seconds < LEAST_SECONDS;
    return {
      title,
      rows: [...rows.values()],
      references: [{ heading: '1 worker', row: single.name }],
      wants: [toWant(timesOf(slow, fast))],
      notes: short
        ? [`the run of two workers is under ${LEAST_SECONDS} s: --workers-events makes it longer`]
        : [],
    };
  },
};

function toWant(times: number | undefined) {
  return atLeast(`two workers as fast as one, on a run of ${LEAST_SECONDS} s`, 1.6, times, 'x');
}
