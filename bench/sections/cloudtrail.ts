/** Nested cloud events in the two forms in which they are exported: one a line, and arrays in `{"Records": […]}` files. */
import { writeCloudtrail, writeCloudtrailArrays } from '../data/cloudtrail.ts';
import { measureInTurn } from '../measure.ts';
import { floor } from '../peers.ts';
import { CACHE } from '../places.ts';
import { atMost, below, type Section, timesOf } from '../section.ts';
import { sizeOf, upToJobs, verifyCommand } from '../tool.ts';

/** Of one file: AWS writes what came in some minutes, which of a small account is little. */
const EVENTS_PER_ARRAY = 5000;
const EVENTS_PER_SMALL_ARRAY = 100;

export const cloudtrail: Section = {
  name: 'cloudtrail',
  about: 'nested AWS CloudTrail events, one a line and in arrays',
  async run({ cloudtrailEvents: events, runs }) {
    const file = writeCloudtrail(CACHE, events);
    const arrays = writeCloudtrailArrays(CACHE, events, EVENTS_PER_ARRAY);
    const small = writeCloudtrailArrays(CACHE, events, EVENTS_PER_SMALL_ARRAY);
    const { words, flags } = upToJobs(2);
    const peer = floor({ file, events, bytes: sizeOf(file) });
    const source = ['--source', 'cloudtrail'];
    const lines = verifyCommand({
      name: `audit-check verify, ${words}, one event a line`,
      paths: [file],
      events,
      bytes: sizeOf(file),
      flags,
    });
    const inArrays = verifyCommand({
      name: `audit-check verify, ${words}, {"Records": […]} of ${EVENTS_PER_ARRAY}`,
      paths: [arrays.folder],
      events,
      bytes: arrays.bytes,
      flags,
    });
    const inSmall = verifyCommand({
      name: `audit-check verify, ${words}, {"Records": […]} of ${EVENTS_PER_SMALL_ARRAY}`,
      paths: [small.folder],
      events,
      bytes: small.bytes,
      flags,
    });
    const told = { ...lines, name: 'the first, source told instead of detected' };
    told.argv = [...lines.argv.slice(0, -1), ...source, file];
    const rows = await measureInTurn([peer, lines, inArrays, inSmall, told], runs);
    return {
      title: 'cloudtrail: nested events of a cloud, with the rules that come along',
      rows: [...rows.values()],
      references: [{ heading: 'floor', row: peer.name }],
      wants: [
        below('one event a line, peak memory', 300, rows.get(lines.name)?.peakMB, 'MB'),
        below('in arrays, peak memory', 300, rows.get(inArrays.name)?.peakMB, 'MB'),
        atMost(
          `in arrays of ${EVENTS_PER_SMALL_ARRAY}, against one event a line`,
          2,
          timesOf(rows.get(inSmall.name), rows.get(lines.name)),
          'x',
        ),
        atMost(
          'one event a line, against the floor',
          1,
          timesOf(rows.get(lines.name), rows.get(peer.name)),
          'x',
        ),
      ],
      notes: [],
    };
  },
};
