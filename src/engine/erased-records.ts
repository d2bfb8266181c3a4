/** What signed erasure takes from a verdict: records that are there, and lack what they told. */
import { count, formatNumber } from '../base/text-safety.ts';
import type { GoneRecords } from '../model/open-use.ts';
import type { Notice } from '../model/report.ts';
import type { Scan } from './scan-books.ts';

/** Of a record that does not say what was done nobody knows whether it was use, nor when. */
export function erasedUse({ erased }: Pick<Scan, 'erased'>): GoneRecords[] {
  const silent = erased.reduce((sum, each) => sum + each.silent, 0);
  return silent === 0
    ? []
    : [{ why: `of ${count(silent, 'record')} even what was done is erased, and may be use` }];
}

/** What rules and checks find no fault with may be what is not there any more. */
export function erasedNotices({ erased }: Pick<Scan, 'erased'>): Notice[] {
  const records = erased.reduce((sum, each) => sum + each.records, 0);
  if (records === 0) return [];
  const silent = erased.reduce((sum, each) => sum + each.silent, 0);
  const even = silent === 0 ? '' : `, ${formatNumber(silent)} of them even what was done`;
  return [
    {
      code: 'erased-records',
      message: `${count(records, 'record')} lack what was erased, as signed${even}: what rules and checks would have found in it they cannot find any more`,
      place: { file: erased[0]!.file, line: 1, offset: 0, length: 0 },
    },
  ];
}
