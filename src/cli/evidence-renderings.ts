/** The report as a bundle holds it: in the formats of people and of other programs, and as it is read back. */
import { REPORT } from '../evidence/bundle.ts';
import type { Report } from '../model/report.ts';
import { FORMATS } from '../report/index.ts';

const RENDERED: Readonly<Record<string, string>> = {
  [REPORT]: 'json',
  'report.txt': 'text',
  'report.sarif': 'sarif',
  'report.html': 'html',
  'assessment-results.json': 'oscal',
};

/** By name of the file; the same on every terminal. */
export function renderFormats(report: Report): Record<string, string> {
  return Object.fromEntries(
    Object.entries(RENDERED).map(([name, format]) => {
      const { render } = FORMATS.find((each) => each.name === format)!;
      return [name, render(report, { colors: false, width: 100 })];
    }),
  );
}
