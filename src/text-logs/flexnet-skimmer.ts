/** Goes over the lines of a FlexNet log for whoever cuts it: what a reader must know, and where it must begin to know the rest. */
import type { TextPlace, TextReader, TextSkimmer } from '../model/text-format.ts';
import type { Repeats } from './repeats.ts';

/** What is asked of a reader of the log. */
type SkimmingReader = Pick<TextReader, 'line'> & {
  passBy: TextSkimmer['passBy'];
  save(): unknown;
  readonly repeats: Repeats;
};

/** Equal lines count within a window of time and the one before: so far back a reader must begin that shall know of them. */
export class FlexnetSkimmer implements TextSkimmer {
  private readonly reader: SkimmingReader;
  /** Where the window at hand began, and the one before it. */
  private window: TextPlace;
  private before: TextPlace;

  constructor(reader: SkimmingReader) {
    this.reader = reader;
    this.window = { offset: 0, line: 1, state: reader.save() };
    this.before = this.window;
  }

  passBy(bytes: Uint8Array, start: number, end: number): boolean {
    return this.reader.passBy(bytes, start, end);
  }

  line(text: string, offset: number, line: number): void {
    const { reader } = this;
    const { begun } = reader.repeats;
    const place: TextPlace = { offset, line, state: reader.save() };
    reader.line(text);
    if (reader.repeats.begun === begun) return;
    this.before = this.window;
    this.window = place;
  }

  get place(): TextPlace {
    return this.reader.repeats.follows ? this.before : this.window;
  }
}
