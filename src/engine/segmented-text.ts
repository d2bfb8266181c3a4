/**
 * A log of text that an archive holds in several segments is one text: each goes on with what was known where the one before it
 * ended, as the date, the header of a table or a record that is still open.
 */
import { NEWLINE } from '../base/lexical.ts';
import { isSystemError } from '../base/system-error.ts';
import type { TextFormat, TextReader } from '../model/text-format.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { decodedBlocks, headOf } from '../read/open.ts';
import { decodeText } from '../read/text-records.ts';
import { judgeHead, segmentTextLogs } from './file-head.ts';
import type { FilePart } from './file-part.ts';
import type { Plan } from './plan.ts';
import { linesOf } from './salted-segment.ts';
import type { SegmentStreams } from './segment-streams.ts';

/** What is known where a segment begins. `begun`: lines of a record that goes on in it. */
export type TextEntry = { reader: TextReader; source: string | null; begun: number };

/** What the beginning of a log says about all of it, however it is cut into segments. */
type TextHead = { format: TextFormat; lines: readonly string[]; source: string | null };

/** A segment that was read, and what is known at its end; `text`: undefined where it was not read as one. */
type Left = { index: number; text: { head: TextHead; entry: TextEntry } | undefined; isSound: boolean };

export class SegmentedText {
  private readonly plan: Plan;
  private readonly files: readonly DiscoveredFile[];
  private readonly streams: SegmentStreams;
  private head: TextHead | undefined;
  private last: Left | undefined;

  constructor(plan: Plan, files: readonly DiscoveredFile[], streams: SegmentStreams) {
    this.plan = plan;
    this.files = files;
    this.streams = streams;
  }

  /** By the number of its first segment all of a log, where that is text and goes on in others. */
  async segmentsFrom(index: number): Promise<number[] | undefined> {
    const { streams } = this;
    if (!streams.goesOn(index) || streams.beforeOf(index) !== undefined) return undefined;
    return (await this.readHead(index)) === undefined ? undefined : streams.allFrom(index);
  }

  /** To be asked in the order of the segments. Undefined where nothing is known, as behind what cannot be read. */
  async enter(index: number): Promise<TextEntry | undefined> {
    const before = this.streams.beforeOf(index);
    const { last } = this;
    if (before !== undefined && before === last?.index) return this.goOn(last, index);
    if (before !== undefined) return this.replay(this.streams.through(before));
    return this.begin(index);
  }

  /** `openLines`: of the record that goes on in the next. */
  leave(index: number, entry: TextEntry | undefined, { stored }: FilePart, openLines: number): void {
    const isSound = stored.problem === undefined && stored.failure === undefined;
    const { head } = this;
    const text = entry && head && { head, entry: { ...entry, begun: openLines } };
    this.last = { index, text, isSound };
  }

  private goOn({ text, isSound }: Left, index: number): Promise<TextEntry | undefined> | TextEntry {
    // What lines before it said of the day is lost with them; what the header of a table said is not.
    return text !== undefined && (isSound || text.head.format.isTable) ? text.entry : this.begin(index);
  }

  private async begin(index: number): Promise<TextEntry | undefined> {
    this.head = await this.readHead(index);
    return this.head && this.start(this.head);
  }

  private start({ format, lines, source }: TextHead): TextEntry {
    const { options } = segmentTextLogs(this.plan.request, { name: '', skipped: 0 });
    return { reader: format.start(lines, options), source, begun: 0 };
  }

  private async readHead(index: number): Promise<TextHead | undefined> {
    const { plan, files, streams } = this;
    const { sealed } = files[index]!;
    let head: TextHead | undefined;
    const blocks = this.blocks(streams.from(index));
    const texts = segmentTextLogs(plan.request, sealed!.origin);
    await headOf(
      blocks,
      plan.request.limits,
      (documents, format, lines = []) => {
        const { source } = judgeHead(plan, documents, sealed!.source, format);
        head = format && { format, lines, source };
        return undefined;
      },
      texts,
    );
    return head;
  }

  /** The file was rewritten behind a segment that is not the last one read: what was known at its end is found out again. */
  private async replay(indexes: readonly number[]): Promise<TextEntry | undefined> {
    const entry = await this.begin(indexes[0]!);
    if (entry === undefined) return undefined;
    let begun = 0;
    for await (const line of wholeLines(this.blocks(indexes)))
      begun = entry.reader.line(line) === 'continues' ? begun + 1 : 0;
    return { ...entry, begun };
  }

  /** As far as they can be read: what is wrong with a segment is told when it is scanned. */
  private async *blocks(indexes: Iterable<number>): AsyncGenerator<Uint8Array> {
    for (const index of indexes) {
      const { file, sealed } = this.files[index]!;
      try {
        yield* decodedBlocks(file, sealed!.identities, linesOf(sealed));
      } catch (error) {
        if (!isSystemError(error)) throw error;
        return;
      }
    }
  }
}

async function* wholeLines(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const block of blocks) {
    const bytes = Buffer.concat([rest, block]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield decodeText(bytes, start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
}
