/**
 * OSCAL assessment results (NIST, model version 1.1): https://pages.nist.gov/OSCAL/resources/concepts/layer/assessment/assessment-results/
 * One result a framework, for ids of controls are only unique within one.
 */

import { sha256Hex } from '../base/digest.ts';
import { groupBy } from '../base/group-by.ts';
import { toUuid } from '../base/uuid.ts';
import { wholeMessage } from '../model/also-said.ts';
import type { Finding } from '../model/finding.ts';
import { formatLine } from '../model/place.ts';
import type { Report, ReportFormat } from '../model/report.ts';
import { type AssessedControl, assessedControls, type Observation } from './oscal/assessed-controls.ts';
import { toControlId, toStatementId } from './oscal/control-ids.ts';
import { property } from './oscal/property.ts';
import { type MakeUuid, riskId, toRisk, waiversOf } from './oscal/waiver-risks.ts';
import { toEscapedJson } from './parts/escaped-json.ts';
import { toUri } from './parts/file-uri.ts';
import { momentOf } from './parts/finding-time.ts';
import { toCode, toProse } from './parts/markdown-text.ts';
import { orderReport } from './parts/ordered-report.ts';
import { explainVerdict } from './parts/verdict-words.ts';

const OSCAL_VERSION = '1.1.3';
/** Logs that are listed with their digests. */
const MAX_RESOURCES = 1_000;

export const oscal: ReportFormat = {
  name: 'oscal',
  title: 'OSCAL assessment results: what the logs show of controls',
  render: (report) => `${toEscapedJson({ 'assessment-results': toAssessment(report) }, 2)}\n`,
};

type Context = { report: Report; at: string; uuid: MakeUuid };

function toAssessment(report: Report) {
  // Equal reports are one document under one identifier, and parts of it have theirs below it.
  const digest = sha256Hex(toEscapedJson(orderReport(report)));
  const context: Context = { report, at: timeOf(report), uuid: (name) => toUuid(`${digest}/${name}`) };
  const { tool, summary, generated } = report;
  const plan = context.uuid('plan');
  return {
    uuid: context.uuid('assessment-results'),
    metadata: {
      title: `Audit of logs by ${toProse(tool.name)}`,
      'last-modified': context.at,
      version: digest.slice(0, 16),
      'oscal-version': OSCAL_VERSION,
      props: [property('tool-version', tool.version), property('verdict', summary.verdict)],
      remarks:
        generated === undefined
          ? 'No time was given to the run (--now): the time of the last event stands in for it.'
          : 'The time is the one that was given to the run.',
    },
    // The model demands a plan, and an audit of logs has none.
    'import-ap': { href: `#${plan}` },
    results: toResults(context),
    'back-matter': {
      resources: [
        {
          uuid: plan,
          title: 'No assessment plan',
          description:
            'The logs were audited without an assessment plan in OSCAL: the scope is what the results list.',
        },
        ...report.inputs.slice(0, MAX_RESOURCES).map((input) => ({
          uuid: context.uuid(`input/${input.file}`),
          title: toCode(input.file, 300),
          description: `A log file, ${input.status}.`,
          rlinks: [
            {
              href: toUri(input.file),
              ...(input.sha256 !== null && { hashes: [{ algorithm: 'SHA-256', value: input.sha256 }] }),
            },
          ],
        })),
      ],
    },
  };
}

/** UTC, which the model's pattern of zones always takes. */
function timeOf({ generated, summary }: Report): string {
  for (const time of [generated, summary.period?.until]) {
    const date = new Date(time ?? Number.NaN);
    if (!Number.isNaN(date.getTime())) return date.toISOString();
  }
  return new Date(0).toISOString();
}

function toResults(context: Context) {
  const frameworks = groupBy(assessedControls(context.report), ({ framework }) => framework);
  if (frameworks.size === 0) return [toResult(context, undefined, [])];
  return [...frameworks].map(([framework, controls]) => toResult(context, framework, controls));
}

function toResult(context: Context, framework: string | undefined, controls: readonly AssessedControl[]) {
  const { report, at, uuid } = context;
  const name = framework ?? 'no framework';
  const pack = report.packs?.find((each) => each.name === framework);
  const entries = [...worstById(controls)];
  const assessed = entries.filter(([, { outcome }]) => outcome !== 'excluded');
  const excluded = entries.filter(([, { outcome }]) => outcome === 'excluded');
  const parts = assessed.map(([id, control]) => toFinding(context, name, id, control));
  const observations = parts.flatMap((part) => part.observations);
  const risks = waiversOf(assessed.map(([, control]) => control)).map((waiver) => toRisk(uuid, name, waiver));
  const period = report.summary.period;
  return {
    uuid: uuid(`result/${name}`),
    title: pack === undefined ? `Controls of ${toProse(name, 200)}` : toProse(pack.title, 200),
    description: `${report.summary.verdict}: ${toProse(explainVerdict(report))}`,
    start: at,
    props: [
      property('framework', name),
      ...(pack === undefined ? [] : [property('pack-version', pack.version)]),
      ...(period === null
        ? []
        : [property('period-from', period.from), property('period-until', period.until)]),
    ],
    'reviewed-controls': { 'control-selections': [select(report, assessed, excluded)] },
    ...(observations.length > 0 && { observations }),
    ...(risks.length > 0 && { risks }),
    ...(parts.length > 0 && { findings: parts.map((part) => part.finding) }),
    remarks:
      'Satisfied is only what the logs show whole. What they show in part, cannot decide, or what somebody waived is not satisfied for the reason "other", and its remarks say which.',
  };
}

const WORST: readonly AssessedControl['outcome'][] = ['failed', 'other', 'satisfied', 'excluded'];

/** Two spellings in rules can end in one id: the worse speaks. */
function worstById(controls: readonly AssessedControl[]): Map<string, AssessedControl> {
  const byId = new Map<string, AssessedControl>();
  for (const control of controls) {
    const id = toControlId(control.framework, control.control);
    const known = byId.get(id);
    if (known === undefined || WORST.indexOf(control.outcome) < WORST.indexOf(known.outcome))
      byId.set(id, control);
  }
  return byId;
}

function select(
  { controls }: Report,
  assessed: readonly [string, AssessedControl][],
  excluded: readonly [string, AssessedControl][],
) {
  const ids = (some: readonly [string, AssessedControl][]) => some.map(([id]) => ({ 'control-id': id }));
  const description =
    controls === undefined
      ? 'Controls that findings name. No pack was asked for, so a control that is not listed was not assessed.'
      : 'Controls of the packs that were asked for; those that no log can show are excluded.';
  return {
    description: assessed.length > 0 ? description : `${description} None was assessed.`,
    // The model demands one at least.
    'include-controls': assessed.length > 0 ? ids(assessed) : [{ 'control-id': 'none-assessed' }],
    ...(excluded.length > 0 && { 'exclude-controls': ids(excluded) }),
  };
}

const REASONS = { satisfied: 'pass', failed: 'fail', other: 'other', excluded: 'other' } as const;

function toFinding(context: Context, name: string, id: string, control: AssessedControl) {
  const { uuid, at } = context;
  const path = `${name}/${id}`;
  const { framework, outcome, remarks } = control;
  const risks = waiversOf([control]).map((waiver) => ({ 'risk-uuid': riskId(uuid, name, waiver) }));
  const observations = control.observations.map((observation, index) => ({
    uuid: uuid(`observation/${path}/${index}`),
    ...describe(observation),
    methods: ['TEST'],
    collected: at,
    ...evidence(observation.findings),
  }));
  const finding = {
    uuid: uuid(`finding/${path}`),
    title: `${toCode(`${framework}:${control.control}`, 200)} ${toProse(control.title ?? '', 200)}`.trimEnd(),
    description: toProse(remarks),
    props: [property('control', control.control), property('framework', framework)],
    target: {
      type: 'statement-id',
      'target-id': toStatementId(id),
      status: {
        state: outcome === 'satisfied' ? 'satisfied' : 'not-satisfied',
        reason: REASONS[outcome],
        remarks: toProse(remarks),
      },
    },
    ...(observations.length > 0 && {
      'related-observations': observations.map((each) => ({ 'observation-uuid': each.uuid })),
    }),
    ...(risks.length > 0 && { 'related-risks': risks }),
  };
  return { finding, observations };
}

function describe({ title, description }: Observation) {
  return { title: toProse(title, 300), description: toProse(description) };
}

function evidence(findings: readonly Finding[]) {
  if (findings.length === 0) return {};
  return {
    'relevant-evidence': findings.map((finding) => {
      const { place, fingerprint } = finding;
      const time = momentOf(finding);
      return {
        href: toUri(place.file),
        description: `${toCode(wholeMessage(finding))} at line ${formatLine(place)}${time === undefined ? '' : `, ${time}`}`,
        props: [property('fingerprint', fingerprint)],
      };
    }),
  };
}
