/** The report formats, listed from this folder by `UPDATE=1 npm test`. */
import type { ReportFormat } from '../model/report.ts';
import { csv } from './csv.ts';
import { github } from './github.ts';
import { githubSummary } from './github-summary.ts';
import { gitlab } from './gitlab.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { ndjson } from './ndjson.ts';
import { oscal } from './oscal.ts';
import { prometheus } from './prometheus.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

export const FORMATS: readonly ReportFormat[] = [
  csv,
  github,
  githubSummary,
  gitlab,
  html,
  json,
  junit,
  markdown,
  ndjson,
  oscal,
  prometheus,
  sarif,
  text,
];
