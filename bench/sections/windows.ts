/** Wide events: about sixty fields each, most of which nobody asks for, and long command lines full of escapes. */
import { writeWindows } from '../data/windows.ts';
import { measureInTurn } from '../measure.ts';
import { floor } from '../peers.ts';
import { CACHE } from '../places.ts';
import { below, type Section } from '../section.ts';
import { sizeOf, upToJobs, verifyCommand } from '../tool.ts';

export const windows: Section = {
  name: 'windows',
  about: 'wide Windows events with long command lines',
  async run({ windowsEvents: events, runs }) {
    const file = writeWindows(CACHE, events);
    const input = { file, events, bytes: sizeOf(file) };
    const { words, flags } = upToJobs(2);
    const peer = floor(input);
    const ours = verifyCommand({ name: `audit-check verify, ${words}`, paths: [file], ...input, flags });
    const rows = await measureInTurn([peer, ours], runs);
    return {
      title: 'windows: wide events, with the rules that come along',
      rows: [...rows.values()],
      references: [{ heading: 'floor', row: peer.name }],
      wants: [below('peak memory', 300, rows.get(ours.name)?.peakMB, 'MB')],
      notes: [],
    };
  },
};
