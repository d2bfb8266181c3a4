/**
 * The Markdown page for `$GITHUB_STEP_SUMMARY`, which drops a summary of more than 1,024 KiB as a whole:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
import { count } from '../base/text-safety.ts';
import type { ReportFormat } from '../model/report.ts';
import { markdownBlocks } from './markdown/blocks.ts';

/** Bytes; the rest is room for what the step itself writes, and for the line that says what is left out. */
const MAX_BYTES = 1_000 * 1024;

export const githubSummary: ReportFormat = {
  name: 'github-summary',
  title: 'step summary of GitHub Actions, within its limit: github-summary=$GITHUB_STEP_SUMMARY',
  render(report) {
    const shown: string[] = [];
    let bytes = 0;
    let left = 0;
    for (const block of markdownBlocks(report)) {
      bytes += Buffer.byteLength(block) + 2;
      // What follows is less important, however short it is.
      if (bytes > MAX_BYTES) left++;
      else shown.push(block);
    }
    if (left > 0)
      shown.push(
        `**${count(left, 'more section')} left out**: GitHub shows at most 1,024 KiB; \`--format json\` has everything`,
      );
    return `${shown.join('\n\n')}\n`;
  },
};
