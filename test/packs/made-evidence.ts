/** A report on which every check of every pack passes, and for each kind of check what makes it fail. Tests only. */
import type { ControlResult } from '../../src/model/control.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { RunSummary } from '../../src/model/history.ts';
import { REPORT_SCHEMA, type Report, type RuleSummary } from '../../src/model/report.ts';
import type { AuditRequest } from '../../src/model/request.ts';
import type { Rule } from '../../src/model/rule.ts';
import { judgePacks, type PackOptions } from '../../src/packs/judge-packs.ts';
import type { Pack, PackCheck } from '../../src/packs/pack.ts';
import { parseAge } from '../../src/retention/calendar-age.ts';

export type Run = { report: Report; request: AuditRequest; options: Omit<PackOptions, 'packs'> };

const DAY = 86_400_000;
const FIRST = Date.parse('2020-01-01T06:00:00Z');
const LAST = Date.parse('2026-06-30T18:00:00Z');

/** Six years and a half of days with events; every rule ran; a run every day. */
export function goodRun(rules: readonly Rule[]): Run {
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: { name: 'audit-check', version: '1.0.0' },
    generated: '2026-07-01T00:00:00Z',
    inputs: [
      {
        file: 'logs/app.ndjson',
        bytes: 1000,
        decodedBytes: 1000,
        sha256: '0'.repeat(64),
        compression: 'none',
        source: 'audit',
        records: { read: 10, audited: 10, malformed: 0, duplicate: 0, skipped: 0 },
        accounted: { records: 990, malformed: 0, framing: 10 },
        status: 'complete',
      },
    ],
    summary: {
      files: 1,
      bytes: 1000,
      records: { read: 10, audited: 10, malformed: 0, duplicate: 0, skipped: 0 },
      period: { from: toText(FIRST), until: toText(LAST) },
      findings: { total: 0, bySeverity: {}, byCode: {} },
      verdict: 'clean',
      failOn: 'medium',
    },
    activity: [activityOf(daysBetween(FIRST, LAST))],
    streams: [
      {
        stream: 'app',
        profile: 'jcs',
        records: 10,
        status: 'anchored',
        ranges: [
          {
            assurance: 'anchored',
            records: 10,
            from: place(1),
            until: place(10),
            anchor: { by: 'witness.example', checkpoint: 'log.example/app 10' },
          },
        ],
        limits: [],
      },
    ],
    rules: rules.map((rule): RuleSummary => summaryOf(rule)),
    licenses: [
      {
        license: 'editor',
        measure: 'seats',
        period: '2026-06',
        used: 2,
        limit: 3,
        at: null,
        holders: [],
        verdict: 'within',
        places: [],
      },
    ],
    findings: [],
    codes: {},
    notices: [],
  };
  const schema = { required: ['time', 'actor', 'action', 'outcome'] };
  const schemas = [{ name: 'audit-minimum', appliesTo: 'audit', schema }];
  const request = { disabled: [], schemas, sources: {} };
  return {
    report,
    request: request as unknown as AuditRequest,
    options: {
      keep: { minimum: parseAge('6 years')!, maximum: parseAge('7 years')! },
      runs: daysBetween(Date.parse('2026-06-01T00:00:00Z'), LAST).map(toText).map(reviewAt),
    },
  };
}

/** A run that read all that was there. */
export function reviewAt(at: string): RunSummary {
  return { at, verdict: 'clean', records: 10, bytes: 1000, findings: {}, waived: 0, licenses: [] };
}

/** Classes of what events lack match nothing in a good log; every other rule matched. */
function summaryOf({ id, name, title, level, file, controls, tags }: Rule): RuleSummary {
  const matches = name?.startsWith('without_') === true ? 0 : 1;
  return { id, title, level, file, status: 'ran', matches, judged: 10, controls, references: [], tags };
}

/** By kind of check, the run in which it fails. Undefined: it never fails, only leaves open. */
export const SPOILED: Readonly<
  Record<string, ((run: Run, check: PackCheck, control: string) => Run) | undefined>
> = {
  available: (run) => withDays(run, [LAST - DAY, LAST]),
  retention: (run) => withDays(run, [LAST - DAY, LAST]),
  maximum: (run) => ({ ...run, options: { ...run.options, keep: { maximum: parseAge('30 days')! } } }),
  silence: (run) => withDays(run, [FIRST, LAST]),
  review: (run) => ({ ...run, options: { ...run.options, runs: [reviewAt('2026-01-01T00:00:00Z')] } }),
  present: (run, { params }) =>
    withRules(run, (rule) => ((params as string[]).includes(rule.id) ? { ...rule, matches: 0 } : rule)),
  rules(run, { params }, control) {
    const [id] = (params as { ids?: string[] }).ids ?? [];
    const rule = run.report.rules.find((each) =>
      id === undefined ? each.controls.includes(control) : each.id === id,
    );
    return withFinding(run, rule!.id, 'matched-rule');
  },
  events: (run, { params }) => withFinding(run, 'a check', CODE_OF[(params as string[])[0]!]!),
  integrity(run) {
    const [stream] = run.report.streams;
    const ranges = [{ ...stream!.ranges[0]!, assurance: 'broken' as const, reason: 'altered' }];
    return withReport(run, { streams: [{ ...stream!, status: 'broken', ranges }] });
  },
  licenses: (run) =>
    withReport(run, { licenses: [{ ...run.report.licenses[0]!, used: 4, verdict: 'exceeded' }] }),
  fields: undefined,
};

const CODE_OF: Readonly<Record<string, string>> = {
  content: 'missing-field',
  actor: 'ambiguous-actor',
  time: 'missing-zone',
  order: 'disordered-times',
  readable: 'malformed-record',
  unambiguous: 'duplicate-key',
};

export function resultOf({ report, request, options }: Run, pack: Pack, control: string): ControlResult {
  const one = { ...pack, controls: pack.controls.filter(({ id }) => id === control) };
  return judgePacks(report, request, { ...options, packs: [one] }).controls![0]!;
}

export function withReport(run: Run, changed: Partial<Report>): Run {
  return { ...run, report: { ...run.report, ...changed } };
}

export function withRules(run: Run, change: (rule: RuleSummary) => RuleSummary): Run {
  return withReport(run, { rules: run.report.rules.map(change) });
}

export function withFinding(run: Run, rule: string, code: string, more: Partial<Finding> = {}): Run {
  const finding: Finding = {
    rule,
    code,
    severity: 'high',
    verdict: 'violation',
    place: place(3),
    message: 'made for this test',
    fingerprint: 'f'.repeat(32),
    ...more,
  };
  return withReport(run, { findings: [finding] });
}

function withDays(run: Run, times: readonly number[]): Run {
  return withReport(run, {
    activity: [activityOf(times)],
    summary: { ...run.report.summary, period: { from: toText(times[0]!), until: toText(times.at(-1)!) } },
  });
}

/** Another source beside the first, which speaks on these days from the last one back, counted from 0. */
export function withSource(run: Run, daysBack: readonly number[]): Run {
  const times = daysBack.map((days) => LAST - days * DAY);
  return withReport(run, { activity: [...run.report.activity!, { ...activityOf(times), source: 'okta' }] });
}

function activityOf(times: readonly number[]) {
  const pauses = times.slice(1).map((until, index) => ({ from: times[index]!, until }));
  return {
    source: 'audit',
    from: toText(times[0]!),
    until: toText(times.at(-1)!),
    untimed: 0,
    bucket: 'day' as const,
    buckets: times.map((ms) => ({ at: toText(Math.floor(ms / DAY) * DAY), events: 1, bytes: 100 })),
    silences: pauses
      .filter(({ from, until }) => until - from > DAY)
      .map(({ from, until }) => ({ from: toText(from), until: toText(until) })),
  };
}

function daysBetween(from: number, until: number): number[] {
  return Array.from({ length: Math.floor((until - from) / DAY) + 1 }, (_, index) => from + index * DAY);
}

function place(line: number) {
  return { file: 'logs/app.ndjson', line, offset: 0, length: 0 };
}

function toText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
