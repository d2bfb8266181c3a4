/** What formats that are lists of findings say of a run that did not audit everything: an empty list would read as clean. */
import type { Report } from '../../model/report.ts';
import { explainVerdict } from './verdict-words.ts';

/** `file`: the first that was not read whole, else that no mapping fits, else after which pages are missing, where there is one. */
export type Incomplete = { title: string; message: string; file: string | undefined };

export function describeIncomplete(report: Report): Incomplete | undefined {
  if (report.summary.verdict !== 'incomplete') return undefined;
  const { inputs } = report;
  const unread =
    inputs.find(({ status }) => status === 'unreadable' || status === 'partial') ??
    inputs.find(({ source, records }) => source === null && records.audited > 0) ??
    inputs.find(({ morePages }) => morePages !== undefined);
  return { title: 'the audit is incomplete', message: explainVerdict(report), file: unread?.file };
}
