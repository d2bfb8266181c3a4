/** Exports that may be the first pages of an API's answer: it names the next one in a header, which no file of it has. */
import { compareText, count, formatNumber, quote } from '../base/text-safety.ts';
import type { Notice } from '../model/report.ts';
import type { Plan } from './plan.ts';
import type { Scan } from './scan-books.ts';

/** One page that is not full speaks for all files of its source: it is the last one of whatever was fetched. */
export function fullPageNotices({ mappings }: Plan, { inputs }: Pick<Scan, 'inputs'>): Notice[] {
  return mappings
    .filter(({ pages }) => pages.length > 0)
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap(({ name, pages }) => {
      const read = inputs.filter(({ source, records }) => source === name && records.read > 0);
      const [first] = read;
      if (first === undefined || !read.every(({ records }) => pages.includes(records.read))) return [];
      const sizes = [...new Set(read.map(({ records }) => formatNumber(records.read)))].join(' or ');
      const files =
        read.length === 1
          ? quote(first.file)
          : `each of ${count(read.length, 'file')} of the source ${quote(name)}`;
      return [
        {
          code: 'full-pages',
          message: `${files} holds ${sizes} records, a full page of what ${quote(name)} answers with: more may follow, which nobody fetched`,
        },
      ];
    });
}
