/** SARIF 2.1.0 (OASIS, Errata 01), for code-scanning tools: findings are results, what was not read is a notification. */
import type { Log, Run } from 'sarif';
import { escapeControls } from '../base/text-safety.ts';
import type { Report, ReportFormat } from '../model/report.ts';
import { toEscapedJson } from './parts/escaped-json.ts';
import { createWords } from './parts/finding-words.ts';
import { createArtifactList } from './sarif/artifact-list.ts';
import { createDescriptors } from './sarif/descriptors.ts';
import { toInvocation } from './sarif/invocation.ts';
import { toResults } from './sarif/results.ts';
import { toStreamProperties } from './sarif/stream-properties.ts';

/** The one that GitHub and the multitool accept (SARIF1011). */
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

export const sarif: ReportFormat = {
  name: 'sarif',
  title: 'SARIF 2.1.0, for code scanning and dashboards',
  render(report) {
    const log: Log = { $schema: SCHEMA, version: '2.1.0', runs: [toRun(report)] };
    return `${toEscapedJson(log, 2)}\n`;
  },
};

function toRun(report: Report): Run {
  // GitHub shows whatever is a result as a problem, a pass too.
  const findings = report.findings.filter(({ verdict }) => verdict !== 'satisfied');
  const artifacts = createArtifactList(report.inputs);
  const descriptors = createDescriptors(findings, createWords(report));
  const results = toResults(findings, descriptors, artifacts);
  const invocation = toInvocation(report, artifacts);
  const { name, version, informationUri } = report.tool;
  return {
    tool: {
      driver: {
        name,
        fullName: `${name} ${version}`,
        version,
        // §3.19.12 asks for Semantic Versioning, and validators look.
        ...(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(version) && { semanticVersion: version }),
        // SARIF2005 warns without one; a package URL names the tool and claims no web page.
        informationUri:
          informationUri ?? `pkg:npm/${encodeURIComponent(name)}@${encodeURIComponent(version)}`,
        rules: descriptors.rules,
        ...(descriptors.taxonomies.length > 0 && {
          supportedTaxonomies: descriptors.taxonomies.map((taxonomy, index) => ({
            name: taxonomy.name,
            index,
          })),
        }),
      },
    },
    ...(descriptors.taxonomies.length > 0 && { taxonomies: descriptors.taxonomies }),
    // Category and run id part at the last slash; the category keeps two uploads for one commit apart.
    automationDetails: {
      id: `${name}/verify/${report.generated === undefined ? '' : escapeControls(report.generated)}`,
    },
    columnKind: 'utf16CodeUnits',
    defaultEncoding: 'utf-8',
    artifacts: artifacts.artifacts,
    invocations: [invocation],
    results,
    properties: {
      verdict: report.summary.verdict,
      records: report.summary.records,
      failOn: report.summary.failOn,
      ...toStreamProperties(report),
    },
  };
}
