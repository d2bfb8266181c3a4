/** The report as a Markdown page (GFM), for merge requests, wikis and tickets. */
import type { ReportFormat } from '../model/report.ts';
import { markdownBlocks } from './markdown/blocks.ts';

export const markdown: ReportFormat = {
  name: 'markdown',
  title: 'a page for merge requests, wikis and tickets',
  render: (report) => `${[...markdownBlocks(report)].join('\n\n')}\n`,
};
