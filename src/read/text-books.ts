/** What the lines of a file of text are, written into the books of its reader. */
import type { RecordBooks } from './record-books.ts';
import type { TextBooks } from './text-records.ts';

export function textBooks(books: RecordBooks): TextBooks {
  const { sink } = books;
  const stretch = (line: number, start: number, end: number) => ({
    ...{ line, offset: start, length: end - start, at: start },
    truncated: false,
  });
  return {
    scanText(json, length) {
      if (sink.scan(json, 0, length) !== length) throw new Error('a record of text is not one JSON value');
    },
    textRecord(line, start, end, lines) {
      books.account(start, end, 'record');
      sink.record(line, start, end - start, lines);
    },
    textMalformed(line, start, end, expected, found) {
      books.account(start, end, 'malformed');
      sink.malformed({ ...stretch(line, start, end), expected, found });
    },
    // Framing, as far as the books are concerned.
    textUnknown(line, start, end, unknownForm) {
      sink.malformed({ ...stretch(line, start, end), expected: '', found: '', unknownForm });
    },
  };
}
