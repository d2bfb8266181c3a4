/** The report formats, listed from this folder by `UPDATE=1 npm test`. */
import type { ReportFormat } from '../model/report.ts';
import { json } from './json.ts';
import { ndjson } from './ndjson.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

export const FORMATS: readonly ReportFormat[] = [json, ndjson, sarif, text];
