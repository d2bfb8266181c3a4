/** Check-outs and check-ins of one FlexNet log held to a contract: the reader of text lines, sessions, peaks, self-check. */
import path from 'node:path';
import { writeFlexnet } from '../data/flexnet.ts';
import { measureInTurn } from '../measure.ts';
import { CACHE, ROOT } from '../places.ts';
import { atLeast, atMost, rateOf, type Section } from '../section.ts';
import { sizeOf, statementCommand, upToJobs, verifyCommand } from '../tool.ts';

const CONTRACT = path.join(ROOT, 'bench', 'flexnet-contract.yaml');

export const licenses: Section = {
  name: 'licenses',
  about: 'a FlexNet log of a year, twelve licenses',
  async run({ licensesEvents: events, runs }) {
    const file = writeFlexnet(CACHE, events);
    const { words, flags } = upToJobs(2);
    const common = ['--licenses', CONTRACT, '--zone', 'UTC', ...flags];
    const input = { paths: [file], events, bytes: sizeOf(file), flags: common };
    const statement = statementCommand({ name: `audit-check licenses, ${words}`, ...input });
    const verify = verifyCommand({ name: `audit-check verify --licenses, ${words}`, ...input, more: true });
    const rows = await measureInTurn([statement, verify], runs);
    return {
      title: 'licenses: check-outs and check-ins of a FlexNet log',
      rows: [...rows.values()],
      references: [{ heading: 'statement', row: statement.name }],
      wants: [
        atLeast('lines a second', 500_000, rateOf(rows.get(statement.name)), 'lines/s'),
        atMost('peak memory', 400, rows.get(statement.name)?.peakMB, 'MB'),
      ],
      notes: ['refusals, starts and dates come on top of the lines that are counted'],
    };
  },
};
