/** What a user waits for before anything is read: the version, and a log of five lines. */
import { writeChained } from '../data/chained.ts';
import { measureInTurn } from '../measure.ts';
import { CACHE } from '../places.ts';
import { below, type Section } from '../section.ts';
import { sizeOf, verifyCommand, versionCommand, WITH_SEATS } from '../tool.ts';

const FIVE = 5;
const MS_PER_SECOND = 1000;

export const startUp: Section = {
  name: 'start-up',
  about: 'the version, and a log of five lines',
  async run({ runs }) {
    const file = writeChained(CACHE, FIVE);
    const bare = { name: 'node -e 0', argv: [process.execPath, '-e', '0'], events: 0, bytes: 0 };
    const version = versionCommand();
    const input = { paths: [file], events: FIVE, bytes: sizeOf(file) };
    const five = verifyCommand({ name: 'audit-check verify, five lines', ...input });
    const seats = verifyCommand({ name: 'the same with licenses', ...input, flags: WITH_SEATS });
    const rows = await measureInTurn([bare, version, five, seats], runs);
    const milliseconds = (name: string) => {
      const seconds = rows.get(name)?.seconds;
      return seconds === undefined ? undefined : seconds * MS_PER_SECOND;
    };
    return {
      title: 'start-up',
      rows: [...rows.values()],
      references: [{ heading: 'node', row: bare.name }],
      wants: [
        below('--version', 150, milliseconds(version.name), 'ms'),
        below('verify of a five-line file', 400, milliseconds(five.name), 'ms'),
      ],
      notes: [],
    };
  },
};
