/** Marks as rows, written where records are scanned: their byte order is relation, group, time, file and position, then step. */
import { LENGTH_BYTES, type Run, type TemporaryRuns } from '../read/temporary-runs.ts';
import type { EventCursor } from '../sources/event-cursor.ts';
import type { MarkOutput } from './plan.ts';
import { SortedRows } from './sorted-rows.ts';

/** The marks of some records as sorted runs. Survives structured clone; the order of parts does not matter. */
export type MarkPart = { runs: Run[] };

/** What `postMessage` may move instead of copying. */
export function markTransfers({ runs }: MarkPart): ArrayBuffer[] {
  return runs.flatMap((run) => ('bytes' in run ? [run.bytes.buffer] : []));
}

/** What is asked of an event. */
export type MarkedEvent = Pick<
  EventCursor,
  'text' | 'identity' | 'place' | 'fileIndex' | 'offset' | 'timeMs' | 'timeNanos'
>;

/** Collects marks as detections make them. */
export class MarkRows {
  private readonly rows: SortedRows;
  /** The texts of a group by its number of fields; reused, for a new array each time would be garbage. */
  private readonly groups: string[][] = [];

  /** `runs`: where marks go that do not fit in memory, `maxBytes` of them. */
  constructor(runs: TemporaryRuns, maxBytes?: number) {
    this.rows = new SortedRows(runs, maxBytes);
  }

  /** Adds the mark of the event under the cursor; false when a group-by field is absent. */
  add(output: MarkOutput, event: MarkedEvent, detection: number): boolean {
    const { group: groupSlots, values } = output;
    this.groups[groupSlots.length] ??= new Array(groupSlots.length).fill('');
    const group = this.groups[groupSlots.length]!;
    for (let index = 0; index < groupSlots.length; index++) {
      const value = event.text(groupSlots[index]!);
      if (value === undefined) return false;
      group[index] = value;
    }
    const { place } = event;
    const row = this.rows.begin();
    row.uint32(output.relation).sortedTexts(group);
    const shared = row.at - row.begin - LENGTH_BYTES;
    row.time(event.timeMs, event.timeNanos);
    row.uint32(event.fileIndex).uint48(event.offset).uint16(output.step);
    row.varint(detection).varint(place.line).varint(place.length);
    row.text(event.identity).text(event.text(output.subject)).varint(values.length);
    for (let index = 0; index < values.length; index++) row.text(event.text(values[index]!));
    this.rows.end(shared);
    return true;
  }

  /** What was collected since the last time. */
  take(): MarkPart {
    return { runs: this.rows.take() };
  }
}
