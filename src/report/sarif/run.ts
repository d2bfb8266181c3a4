/** One audit as a SARIF run (§3.14), of the findings that a profile takes. */
import type { Run } from 'sarif';
import { escapeControls } from '../../base/text-safety.ts';
import type { Finding } from '../../model/finding.ts';
import type { Place } from '../../model/place.ts';
import type { AbsentFinding, AzurePipeline, Report } from '../../model/report.ts';
import { STDIN, toRepositoryUri, toUri } from '../parts/file-uri.ts';
import { createWords } from '../parts/finding-words.ts';
import { createArtifactList } from './artifact-list.ts';
import { createDescriptors } from './descriptors.ts';
import { toInvocation } from './invocation.ts';
import type { Profile } from './profiles.ts';
import { toAbsentResults, toResults } from './results.ts';
import { toStreamProperties } from './stream-properties.ts';

export type RunParts = {
  profile: Profile;
  findings: readonly Finding[];
  leftOut: readonly string[];
  /** The run of Azure Pipelines, which then names the audit. */
  pipeline?: AzurePipeline;
};

export function toRun(report: Report, { profile, findings, leftOut, pipeline }: RunParts): Run {
  const absent = profile.absent ? (report.absent ?? []).map(toFinding) : [];
  const artifacts = createArtifactList(report.inputs, {
    toUri: profile.inRepository ? toRepositoryUri : toUri,
    isLean: profile.isLean,
  });
  const descriptors = createDescriptors([...findings, ...absent], createWords(report));
  const options = { ...profile, anchor: profile.inRepository ? anchorIn(report) : (place: Place) => place };
  const results = [
    ...toResults(findings, descriptors, artifacts, options),
    ...toAbsentResults(absent, descriptors, artifacts),
  ];
  const { undeterminedLicenses } = report.summary;
  const invocation = toInvocation(report, artifacts, leftOut, profile.maxNotifications);
  return {
    tool: { driver: toDriver(report, descriptors) },
    ...(descriptors.taxonomies.length > 0 && { taxonomies: descriptors.taxonomies }),
    automationDetails: toAutomation(report, pipeline),
    columnKind: 'utf16CodeUnits',
    defaultEncoding: 'utf-8',
    artifacts: artifacts.artifacts,
    invocations: [invocation],
    results,
    properties: {
      verdict: report.summary.verdict,
      ...(undeterminedLicenses !== undefined && { undeterminedLicenses }),
      records: report.summary.records,
      failOn: report.summary.failOn,
      ...(!profile.isLean && toStreamProperties(report)),
    },
  };
}

function toDriver({ tool }: Report, { rules, taxonomies }: ReturnType<typeof createDescriptors>) {
  const { name, version, informationUri } = tool;
  return {
    name,
    fullName: `${name} ${version}`,
    version,
    // §3.19.12 asks for Semantic Versioning, and validators look.
    ...(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(version) && { semanticVersion: version }),
    // SARIF2005 warns without one; a package URL names the tool and claims no web page.
    informationUri: informationUri ?? `pkg:npm/${encodeURIComponent(name)}@${encodeURIComponent(version)}`,
    rules,
    ...(taxonomies.length > 0 && {
      supportedTaxonomies: taxonomies.map((taxonomy, index) => ({ name: taxonomy.name, index })),
    }),
  };
}

/** Category and run id part at the last slash; the category keeps two uploads for one commit apart. */
function toAutomation({ tool, generated }: Report, pipeline: AzurePipeline | undefined) {
  const run = generated === undefined ? '' : escapeControls(generated);
  if (pipeline === undefined) return { id: `${tool.name}/verify/${run}` };
  const root = 'azuredevops/pipeline/build/';
  return {
    id: `${root}${escapeControls(pipeline.definitionId)}/${tool.name}/${run}`,
    properties: {
      [`${root}buildDefinitionId`]: escapeControls(pipeline.definitionId),
      [`${root}buildDefinitionName`]: escapeControls(pipeline.definitionName),
      [`${root}phaseId`]: escapeControls(pipeline.phaseId),
      [`${root}phaseName`]: escapeControls(pipeline.phaseName),
    },
  };
}

/** GitHub refuses a log for one result without a file: what lies in none lies at the first log, else at our configuration. */
function anchorIn({ inputs }: Report): (place: Place) => Place {
  const isFile = (file: string) => file !== '' && file !== STDIN;
  const file = inputs.find((input) => isFile(input.file))?.file ?? 'audit-check.yaml';
  return (place) => (isFile(place.file) ? place : { file, line: 1, offset: 0, length: 0 });
}

function toFinding({ rule, code, fingerprint, message, file }: AbsentFinding): Finding {
  const place = { file, line: 1, offset: 0, length: 0 };
  return { rule, code, fingerprint, message, place, severity: 'informational', verdict: 'satisfied' };
}
