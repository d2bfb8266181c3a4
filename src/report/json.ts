/** The whole report as JSON, for programs: `rules/report-v1.schema.json` describes it. */
import type { ReportFormat } from '../model/report.ts';
import { toEscapedJson } from './parts/escaped-json.ts';
import { orderReport } from './parts/ordered-report.ts';

/** Values are as the log has them: a program gets the file name it can open. Only their spelling is made safe. */
export const json: ReportFormat = {
  name: 'json',
  title: 'the whole report, versioned, with a JSON Schema',
  render: (report) => `${toEscapedJson(orderReport(report), 2)}\n`,
};
