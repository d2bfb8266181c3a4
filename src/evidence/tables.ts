/** The tables of an evidence bundle: functions of the report and the sample, so that whoever checks makes them again. */
import { csvTable } from '../base/csv-table.ts';
import { wholeMessage } from '../model/also-said.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { SampledRecord } from './sample.ts';

/** What a tester reads of a sampled record, in canonical words; empty where the record has none. */
export const SAMPLED_FIELDS = ['time', 'actor', 'action', 'target', 'outcome'] as const;
export type SampledEvent = SampledRecord & Partial<Record<(typeof SAMPLED_FIELDS)[number], string>>;

export function renderTables(report: Report, sample: readonly SampledEvent[]): Record<string, string> {
  return {
    'population.csv': populationTable(report),
    'activity.csv': activityTable(report),
    'rejected.csv': rejectedTable(report),
    'exceptions.csv': exceptionsTable(report),
    'controls.csv': controlsTable(report),
    'sample.csv': sampleTable(sample),
  };
}

/** One row a file, and a last one that adds up: read = audited + malformed + duplicate + skipped. */
function populationTable({ inputs, summary }: Report): string {
  const rows = inputs.map(({ file, status, reason, source, bytes, decodedBytes, sha256, records }) => ({
    file,
    status,
    reason: reason ?? '',
    source,
    bytes,
    decoded_bytes: decodedBytes,
    sha256,
    ...records,
  }));
  const columns = [
    ...(['file', 'status', 'reason', 'source', 'bytes', 'decoded_bytes', 'sha256'] as const),
    ...(['read', 'audited', 'malformed', 'duplicate', 'skipped'] as const),
  ];
  const decoded = inputs.reduce((sum, { decodedBytes }) => sum + decodedBytes, 0);
  const total = { file: 'total', bytes: summary.bytes, decoded_bytes: decoded, ...summary.records };
  return csvTable(columns, [...rows, total]);
}

/** Events by source and time; what is no row was silent. */
function activityTable({ activity = [] }: Report): string {
  const rows = activity.flatMap(({ source, bucket, buckets }) =>
    buckets.map(({ at, events, bytes }) => ({
      source: source ?? 'unknown',
      bucket,
      from: at,
      events,
      bytes,
    })),
  );
  return csvTable(['source', 'bucket', 'from', 'events', 'bytes'], rows);
}

/** Said by the reader of files: what was read and is no record, each stretch with its place. */
const READER = 'input';

function rejectedTable({ findings }: Report): string {
  const rows = findings.filter(({ rule }) => rule === READER).map(findingRow);
  return csvTable(['code', 'file', 'line', 'offset', 'length', 'count', 'message'], rows);
}

/** Every finding, and what became of it. The last columns are for the auditor. */
function exceptionsTable({ findings }: Report): string {
  const rows = findings.map((finding) => ({
    ...findingRow(finding),
    disposition: dispositionOf(finding),
    owner: finding.waiver?.owner ?? '',
    justification: finding.waiver?.reason ?? finding.lapsed?.reason ?? '',
    ticket: finding.waiver?.ticket ?? '',
    approved_by: finding.waiver?.approvedBy ?? '',
    expires: finding.waiver?.expires ?? '',
  }));
  return csvTable(
    [
      ...([
        'fingerprint',
        'severity',
        'verdict',
        'rule',
        'code',
        'file',
        'line',
        'count',
        'message',
      ] as const),
      ...(['disposition', 'owner', 'justification', 'ticket', 'approved_by', 'expires'] as const),
      ...(['conclusion', 'concluded_by'] as const),
    ] as const,
    rows as Record<string, string | number>[],
  );
}

/** Without a column for what further events say: tables of bundles that were made without it must come out as they were. */
function findingRow(finding: Finding) {
  const { place } = finding;
  const { fingerprint, severity, verdict, rule, code, count = 1 } = finding;
  const message = wholeMessage(finding);
  const { file, line, offset, length } = place;
  return { fingerprint, severity, verdict, rule, code, message, count, file, line, offset, length };
}

function dispositionOf({ waiver, lapsed, baseline }: Finding): string {
  if (waiver !== undefined) return `waived: ${waiver.id}`;
  if (lapsed !== undefined) return `open: waiver ${lapsed.id} does not hold`;
  return baseline === 'unchanged' ? 'open: known from the baseline' : 'open';
}

function controlsTable({ controls = [] }: Report): string {
  const rows = controls.flatMap(({ pack, control, title, strength, status, checks, reason = '' }) => {
    const head = { framework: pack, control, requirement: title, strength, status };
    if (checks.length === 0) return [{ ...head, reason }];
    return checks.map(({ asks, status: answer, population, against, reason: why = '' }) => ({
      ...head,
      ...{ check: asks, answer, population: population.count, of: population.of, against, reason: why },
    }));
  });
  const columns = [
    ...(['framework', 'control', 'requirement', 'strength', 'status', 'check', 'answer'] as const),
    ...(['population', 'of', 'against', 'reason', 'tested_by', 'result'] as const),
  ];
  return csvTable(columns, rows);
}

function sampleTable(sample: readonly SampledEvent[]): string {
  const rows = sample.map((record, index) => ({ ...record, number: index + 1 }));
  const columns = [
    ...(['number', 'file', 'line', 'offset', 'length', 'leaf', ...SAMPLED_FIELDS] as const),
    ...(['tested_by', 'tested_on', 'result', 'remark'] as const),
  ];
  return csvTable(columns, rows);
}
