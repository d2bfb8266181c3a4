/** The report out of what scan and relate know: books closed, words gathered, verdict drawn. */
import { formatInstant } from '../base/instant.ts';
import { compareText, count, formatNumber, quote } from '../base/text-safety.ts';
import type { Contract } from '../licenses/contract/contract.ts';
import { namedFields } from '../licenses/contract/defaults.ts';
import { withoutVouched } from '../model/bare-source.ts';
import type { CheckResult } from '../model/check.ts';
import { compareFindings, type Finding, wordsOfKind } from '../model/finding.ts';
import { countFindings } from '../model/finding-counts.ts';
import { joinFileRanges } from '../model/joined-ranges.ts';
import { openUse, whyUseMayLack } from '../model/open-use.ts';
import type { LicenseSummary, RecordCounts, Report, RuleSummary } from '../model/report.ts';
import { countAssurance, NOTHING_VERIFIED, REPORT_SCHEMA } from '../model/report.ts';
import type { SealResult } from '../model/seal.ts';
import { tellPlace, tellPlaces } from '../model/told-places.ts';
import { countUndeterminedLicenses, drawVerdict, leavesOpen } from '../model/verdict.ts';
import { erasedNotices, erasedUse } from './erased-records.ts';
import { findingKinds } from './finding-kinds.ts';
import { fullPageNotices } from './full-pages.ts';
import { missingFileNotices } from './missing-files.ts';
import { morePagesNotice } from './more-pages.ts';
import { fieldKey, type Plan } from './plan.ts';
import { leftOutNotices, type Related } from './relate.ts';
import { summarizeRules } from './rule-summaries.ts';
import type { Scan } from './scan-books.ts';

export function assembleReport(
  plan: Plan,
  scan: Scan,
  checked: readonly CheckResult[],
  related: Related,
  repeats: readonly Finding[],
  seals: readonly SealResult[],
): Report {
  const { request } = plan;
  const results = [...withoutSealed(checked, scan, seals), ...seals];
  const findings = mergeSame([
    ...scan.findings,
    ...repeats,
    ...related.findings,
    ...results.flatMap((result) => result.findings),
  ]);
  const rules = summarizeRules(plan, scan, related);
  const records = sumRecords(scan);
  const streams = joinFileRanges(results.flatMap((result) => result.streams ?? [])).sort((a, b) =>
    compareText(a.stream, b.stream),
  );
  const codes = wordsFor(findings);
  const { failOn, failOnKnown, failOnControls, failOnNotices } = request;
  const incomplete = isIncomplete(plan, scan, records, rules, results, seals);
  const whyOpen = whyUseMayLack({
    inputs: scan.inputs,
    summary: { records },
    streams,
    findings,
    // A rule that could not run leaves no use unread.
    isIncomplete: isIncomplete(plan, scan, records, [], results, seals),
  });
  const gone = [...results.flatMap((result) => result.gone ?? []), ...erasedUse(scan)];
  const licenses = openUse(related.licenses, whyOpen, gone).sort(compareLicenses);
  const notices = [
    ...scan.openExports.map(morePagesNotice),
    ...fullPageNotices(plan, scan),
    ...missingFileNotices(plan, scan, streams),
    ...erasedNotices(scan),
    ...disabledNotices(plan),
    ...contractNotices(plan),
    ...unseenFieldNotices(plan, scan),
    ...results.flatMap((result) => result.notices ?? []),
    ...silentRuleNotices(rules),
    ...grouplessNotices(plan, scan),
    ...seals.flatMap(({ incomplete }) =>
      incomplete === undefined ? [] : [{ code: NOTHING_VERIFIED, message: incomplete }],
    ),
    ...leftOutNotices(plan, related),
    ...waiverNotices(plan, related),
  ];
  const undeterminedLicenses = countUndeterminedLicenses({ licenses, findings });
  return {
    schema: REPORT_SCHEMA,
    tool: request.tool,
    ...(request.generated !== undefined && { generated: request.generated }),
    inputs: scan.inputs,
    summary: {
      files: scan.inputs.length,
      bytes: scan.inputs.reduce((sum, { bytes }) => sum + bytes, 0),
      records,
      period:
        scan.coverage.whole === undefined
          ? null
          : {
              from: formatInstant(scan.coverage.whole.from),
              until: formatInstant(scan.coverage.whole.until),
            },
      findings: countFindings(findings),
      ...(streams.length > 0 && { assurance: countAssurance(streams) }),
      verdict: drawVerdict(incomplete, { findings, rules, codes, notices }, request),
      ...(undeterminedLicenses > 0 && { undeterminedLicenses }),
      failOn,
      ...(failOnKnown !== undefined && { failOnKnown }),
      ...(failOnControls !== undefined && { failOnControls }),
      ...(failOnNotices !== undefined && { failOnNotices }),
    },
    activity: scan.activity,
    ...(request.keep !== undefined && { keep: request.keep }),
    streams,
    rules,
    licenses,
    ...(request.statement !== undefined && {
      figures: related.figures.sort((a, b) => compareText(a.license, b.license)),
    }),
    findings,
    codes,
    notices,
  };
}

/** Records without a chain are not unprotected where seals account for their files, or the log of an archive vouches for them. */
function withoutSealed(
  results: readonly CheckResult[],
  scan: Scan,
  seals: readonly SealResult[],
): readonly CheckResult[] {
  const sources = new Set<string | null>(seals.flatMap(({ speaksFor }) => speaksFor));
  const sealed = new Set(
    scan.inputs.flatMap(({ file, source }, index) =>
      sources.has(source) || scan.files[index]!.sealed !== undefined ? [file] : [],
    ),
  );
  return results.map((result) => withoutVouched(result, (file) => sealed.has(file)));
}

/**
 * All findings in their one order. A file that lies there twice has each of its problems twice, with one fingerprint:
 * they become one finding that names both places.
 */
function mergeSame(findings: Finding[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings.sort(compareFindings)) {
    const { rule, code, fingerprint, verdict, severity, waiver } = finding;
    // Two that begin with one event may differ in what is certain: what is waived or open must not stand for a violation.
    const key = JSON.stringify([rule, code, fingerprint, verdict, severity, waiver?.id]);
    const first = merged.get(key);
    if (first === undefined) merged.set(key, finding);
    else {
      const related = [...(first.related ?? [])];
      tellPlace(first.place, related, finding.place);
      tellPlaces(first.place, related, finding.related ?? []);
      merged.set(key, { ...first, related });
    }
  }
  return [...merged.values()];
}

function sumRecords(scan: Scan): RecordCounts {
  const sum = { read: 0, audited: 0, malformed: 0, duplicate: 0, skipped: 0 };
  for (const { records, file } of scan.inputs) {
    for (const key of Object.keys(sum) as (keyof RecordCounts)[]) sum[key] += records[key];
    const { read, audited, malformed, duplicate, skipped } = records;
    if (read !== audited + malformed + duplicate + skipped)
      throw new Error(`the books of ${file} do not tie out`);
  }
  return sum;
}

/** Whether something was not read, not understood for sure, not verified or not run that should have been. */
function isIncomplete(
  plan: Plan,
  scan: Scan,
  records: RecordCounts,
  rules: readonly RuleSummary[],
  results: readonly CheckResult[],
  seals: readonly SealResult[],
): boolean {
  const open = scan.inputs.some(leavesOpen);
  const unverified = results.some(({ incomplete }) => incomplete !== undefined);
  const failed = rules.some(({ status }) => status === 'error');
  // Without a mapping only raw schemas can judge a record.
  const isJudgedRaw = plan.request.schemas.some(({ appliesTo }) => appliesTo === 'raw');
  const unmapped = scan.inputs.some(({ source, records: own }) => source === null && own.audited > 0);
  // Records that were left out are no reason to be content with files that hold none.
  const vouched = records.read === 0 && seals.some((seal) => (seal.vouched ?? 0) > 0);
  const nothing = records.audited === 0 && !vouched;
  return open || unverified || failed || nothing || (unmapped && !isJudgedRaw);
}

/** What the contract says of itself: signatures of its license files that nobody verified. */
function contractNotices({ request }: Plan): Report['notices'] {
  return (request.licenses as Contract | undefined)?.notes ?? [];
}

/** What a contract reads from a field that no record has is taken to be unsaid: the field may have another name. */
function unseenFieldNotices({ request, relations }: Plan, scan: Scan): Report['notices'] {
  if (request.licenses === undefined) return [];
  const read = new Set(
    relations.flatMap(({ relation }) => relation.inputs.flatMap(({ values }) => values.map(fieldKey))),
  );
  return namedFields(request.licenses as Contract).flatMap(({ concept, fields }) => {
    const isUnseen = fields.every(
      (field) => read.has(fieldKey(field)) && !scan.occurring.has(fieldKey(field)),
    );
    if (fields.length === 0 || !isUnseen) return [];
    const names = fields.map(({ name }) => quote(name)).join(', ');
    return [
      {
        code: 'unseen-field',
        message: `the contract reads ${quote(concept)} from ${names}, which no record carries`,
      },
    ];
  });
}

/** A check that was left out is said, so that nobody takes its silence for an answer. */
function disabledNotices(plan: Plan): Report['notices'] {
  return plan.request.disabled.map((name) => ({
    code: 'check-left-out',
    message: `the check "${name}" was left out by the configuration`,
  }));
}

/** Names that are told; of more the number tells. */
const MAX_SILENT = 3;

/** Rules of one's own that judged no event: whoever wrote them is waiting for their answer, and their silence is none. */
function silentRuleNotices(rules: readonly RuleSummary[]): Report['notices'] {
  const own = rules.filter((rule) => rule.own);
  const silent = own.filter(({ status }) => status === 'inert' || status === 'not-applicable');
  if (silent.length === 0) return [];
  const named = silent.slice(0, MAX_SILENT).map(({ title, reason }) => `${quote(title)} (${reason})`);
  if (silent.length > MAX_SILENT) named.push(`${formatNumber(silent.length - MAX_SILENT)} more`);
  const amount = `${formatNumber(silent.length)} of ${count(own.length, 'rule')} of your own`;
  return [{ code: 'silent-rules', message: `${amount} judged no event: ${named.join(', ')}` }];
}

function grouplessNotices(plan: Plan, scan: Scan): Report['notices'] {
  return scan.groupless.flatMap((steps, index) => {
    const amount = steps.reduce((sum, { events }) => sum + events, 0);
    const title = plan.relations[index]!.rule?.title ?? `license ${plan.relations[index]!.license}`;
    if (amount === 0) return [];
    return [
      {
        code: 'ungrouped-mark',
        message: `${count(amount, 'event')} matched "${title}" without a field to group by, or with too many values to judge each`,
      },
    ];
  });
}

/** A waiver that nothing is held against is a hole nobody needs. */
function waiverNotices({ request }: Plan, { waiversMet }: Related): Report['notices'] {
  const waivers = new Map(
    request.rules.rules.flatMap((rule) => (rule.waivers ?? []).map((waiver) => [waiver.id, waiver])),
  );
  return [...waivers.values()]
    .filter(({ id }) => !waiversMet.has(id))
    .map(({ title, file, line }) => ({
      code: 'unused-waiver',
      message: `the waiver "${title}" (${file}:${line}) covered nothing in this log`,
    }));
}

function compareLicenses(a: LicenseSummary, b: LicenseSummary): number {
  return (
    compareText(a.license, b.license) || compareText(a.period, b.period) || compareText(a.measure, b.measure)
  );
}

function wordsFor(findings: readonly Finding[]): Report['codes'] {
  const kinds = findingKinds();
  const codes = [...new Set(findings.map(({ code }) => code))].sort(compareText);
  return Object.fromEntries(
    codes.map((code) => {
      const kind = kinds.get(code);
      if (kind === undefined) throw new Error(`the code ${code} has no words`);
      return [code, wordsOfKind(kind)];
    }),
  );
}
