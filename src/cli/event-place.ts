/** `FILE:LINE` or `FILE:LINE:OFFSET`: one record, as reports name its place. */
import fs from 'node:fs';

export type EventPlace = { file: string; line: number; offset: number | undefined };

/** The name of a file may end in a number too: one that is there is meant. */
export function parseEventPlace(text: string): EventPlace | undefined {
  const places = [/^(.+):(\d+):(\d+)$/, /^(.+):(\d+)$/].flatMap((form): EventPlace[] => {
    const [, file, line, offset] = form.exec(text) ?? [];
    if (file === undefined) return [];
    return [{ file, line: Number(line), offset: offset === undefined ? undefined : Number(offset) }];
  });
  return places.find(({ file }) => fs.existsSync(file)) ?? places[0];
}
