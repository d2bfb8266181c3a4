/** Ten times the log: ten times the time, and no more memory. */
import { writeChained } from '../data/chained.ts';
import { measureInTurn } from '../measure.ts';
import { CACHE } from '../places.ts';
import { atMost, below, type Section, timesOf, type Want } from '../section.ts';
import { sizeOf, upToJobs, verifyCommand, WITH_SEATS } from '../tool.ts';

const MAX_PEAK_MB = 300;
/** Ten times, and a twentieth for what grows a little faster than the log. */
const SLACK = 1.05;

export const growth: Section = {
  name: 'growth',
  about: 'chained application events, ten and a hundred times as many',
  async run({ growthEvents, runs }) {
    const { words, flags } = upToJobs(2);
    const sizes = growthEvents.toSorted((a, b) => a - b);
    const commands = sizes.map((events) => {
      const file = writeChained(CACHE, events);
      const name = `audit-check verify, ${words}, ${events.toLocaleString('en')} events`;
      return verifyCommand({
        name,
        paths: [file],
        events,
        bytes: sizeOf(file),
        flags: [...WITH_SEATS, ...flags],
      });
    });
    const rows = [...(await measureInTurn(commands, runs)).values()];
    const wants: Want[] = rows.slice(-2).map((row) => below(row.name, MAX_PEAK_MB, row.peakMB, 'MB'));
    const [small, large] = rows.slice(-2);
    if (small !== undefined && large !== undefined) {
      const times = large.events / small.events;
      const what = `${large.events.toLocaleString('en')} events against ${small.events.toLocaleString('en')}`;
      wants.unshift(atMost(what, times * SLACK, timesOf(large, small), 'x'));
    }
    return {
      title: 'growth: time and memory with the size of the log',
      rows,
      references: [{ heading: 'smallest', row: rows[0]?.name ?? '' }],
      wants,
      notes: [],
    };
  },
};
