/**
 * The report as one HTML file that needs nothing else: no network, no font, no image, and scripts only to filter, without
 * which everything is there too. Log text is escaped by construction.
 */
import type { Report, ReportFormat } from '../model/report.ts';
import { controlSections } from './html/controls.ts';
import { FILTER_DIGEST, FILTER_SCRIPT } from './html/filter-script.ts';
import { findingSections } from './html/findings.ts';
import { Html, html as markup } from './html/html-text.ts';
import { integritySection } from './html/integrity.ts';
import { licenseSection } from './html/licenses.ts';
import { methodSection } from './html/method.ts';
import { list, type PageSection } from './html/page-parts.ts';
import { retentionSection } from './html/retention.ts';
import { scopeSection } from './html/scope.ts';
import { STYLE } from './html/style.ts';
import { trendSection } from './html/trend.ts';
import { describePeriod } from './parts/period-words.ts';
import { describeFailOn, explainVerdict } from './parts/verdict-words.ts';

export const html: ReportFormat = {
  name: 'html',
  title: 'one page to open, send and print: scope, controls, findings, integrity, licenses',
  render: (report) => page(report).text,
};

function page(report: Report): Html {
  const { verdict } = report.summary;
  const sections: PageSection[] = [
    ...scopeSection(report),
    ...retentionSection(report),
    ...controlSections(report),
    ...findingSections(report),
    ...integritySection(report),
    ...licenseSection(report),
    ...trendSection(report),
    ...methodSection(report),
  ];
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${FILTER_DIGEST}'; base-uri 'none'; form-action 'none'`;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit report: ${verdict}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Audit report</h1>
${headList(report)}
<p class="summary ${verdict}">${verdict}: ${explainVerdict(report)}</p>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title, content }) => markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${content}
</section>
`,
)}</main>
<script>${new Html(FILTER_SCRIPT)}</script>
</body>
</html>
`;
}

function headList(report: Report): Html {
  const { tool, generated, summary } = report;
  return list([
    ['Log', describePeriod(report) ?? 'no event has a readable time'],
    ['Threshold', `findings ${describeFailOn(summary)} make the verdict`],
    ...(generated === undefined ? [] : [['Written', generated] as const]),
    ['By', `${tool.name} ${tool.version}`],
  ]);
}
