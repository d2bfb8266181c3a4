/** Events whose lists of names and values are members to rules: a sign-in has seven of them. */
import { writeM365, writeM365Texts } from '../data/m365.ts';
import { measureInTurn } from '../measure.ts';
import { floor } from '../peers.ts';
import { CACHE } from '../places.ts';
import { atMost, below, type Section, timesOf } from '../section.ts';
import { sizeOf, upToJobs, verifyCommand } from '../tool.ts';

export const m365: Section = {
  name: 'm365',
  about: 'Microsoft 365 events with lists of names and values',
  async run({ m365Events: events, runs }) {
    const file = writeM365(CACHE, events);
    const input = { file, events, bytes: sizeOf(file) };
    const { words, flags } = upToJobs(2);
    const peer = floor(input);
    const ours = verifyCommand({ name: `audit-check verify, ${words}`, paths: [file], ...input, flags });
    const texts = writeM365Texts(CACHE, events);
    const [inRecords, inTable] = (['records', 'table'] as const).map((form) =>
      verifyCommand({
        name: `${ours.name}, as texts in ${form === 'records' ? 'other records' : 'a CSV'}`,
        paths: [texts[form]],
        events,
        bytes: sizeOf(texts[form]),
        flags,
      }),
    );
    const rows = await measureInTurn([peer, ours, inRecords!, inTable!], runs);
    const row = rows.get(ours.name);
    return {
      title: 'm365: events with lists of names and values, with the rules that come along',
      rows: [...rows.values()],
      references: [{ heading: 'floor', row: peer.name }],
      wants: [
        below('peak memory', 300, row?.peakMB, 'MB'),
        atMost('against the floor', 5, timesOf(row, rows.get(peer.name)), 'x'),
      ],
      notes: [],
    };
  },
};
