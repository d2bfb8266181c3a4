/**
 * The report with its keys in one fixed order, however it was put together: equal reports are equal bytes.
 * Over 250 lines: one function for each type of `model/report.ts`, in its order.
 */
import { compareText } from '../../base/text-safety.ts';
import type { SourceActivity } from '../../model/activity.ts';
import type { ControlCheck, ControlResult, PackSummary } from '../../model/control.ts';
import { type Excerpt, type Finding, SEVERITIES, type Severity } from '../../model/finding.ts';
import type { RunSummary } from '../../model/history.ts';
import type { Place } from '../../model/place.ts';
import {
  type AbsentFinding,
  ASSURANCES,
  type Assurance,
  type BaselineSummary,
  type InputSummary,
  type KeptAges,
  type LicenseSummary,
  type Notice,
  type RangeAnchor,
  type RecordCounts,
  type Report,
  type RuleSummary,
  type SelfCheck,
  type StreamRange,
  type StreamSummary,
  type ToldRequest,
  type WaiverSummary,
} from '../../model/report.ts';

/** Every key of `Model`, the optional ones too: a key that is added to the model and forgotten here is a type error. */
type Every<Model> = { [Key in keyof Required<Model>]: unknown };

export function orderReport(report: Report): Every<Omit<Report, 'figures'>> {
  return {
    schema: report.schema,
    tool: orderTool(report.tool),
    generated: report.generated,
    request: report.request && orderRequest(report.request),
    summary: orderSummary(report.summary),
    inputs: report.inputs.map(orderInput),
    activity: report.activity?.map(orderActivity),
    keep: report.keep && orderKeep(report.keep),
    streams: report.streams.map(orderStream),
    rules: report.rules.map(orderRule),
    licenses: report.licenses.map(orderLicense),
    packs: report.packs?.map(orderPack),
    controls: report.controls?.map(orderControl),
    findings: report.findings.map(orderFinding),
    waivers: report.waivers && orderWaivers(report.waivers),
    baseline: report.baseline && orderBaseline(report.baseline),
    absent: report.absent?.map(orderAbsent),
    history: report.history?.map(orderRun),
    codes: sortKeys(report.codes, ({ title, why, fix, controls }) => ({ title, why, fix, controls })),
    notices: report.notices.map(orderNotice),
  };
}

export function orderFinding(finding: Finding): Every<Finding> {
  const {
    rule,
    code,
    severity,
    verdict,
    place,
    time,
    related,
    message,
    also,
    moreSaid,
    subject,
    count,
    excerpt,
    waiver,
    lapsed,
    baseline,
    newBecause,
  } = finding;
  return {
    rule,
    code,
    severity,
    verdict,
    place: orderPlace(place),
    time: time && { from: time.from, until: time.until },
    related: related?.map(orderPlace),
    message,
    also,
    moreSaid,
    subject,
    count,
    excerpt: excerpt && orderExcerpt(excerpt),
    waiver: waiver && orderWaiver(waiver),
    lapsed: lapsed && { id: lapsed.id, reason: lapsed.reason },
    baseline,
    newBecause,
    fingerprint: finding.fingerprint,
  };
}

function orderWaiver({
  id,
  title,
  owner,
  reason,
  ticket,
  approvedBy,
  expires,
}: NonNullable<Finding['waiver']>): Every<NonNullable<Finding['waiver']>> {
  return { id, title, owner, reason, ticket, approvedBy, expires };
}

function orderTool({ name, version, informationUri }: Report['tool']): Every<Report['tool']> {
  return { name, version, informationUri };
}

function orderRequest({ command, files, options }: ToldRequest): Every<ToldRequest> {
  return {
    command,
    files: files.map(({ role, file, sha256 }) => ({ role, file, sha256 })),
    options: sortKeys(options, (value) => value),
  };
}

function orderPlace({ file, line, offset, length }: Place): Every<Place> {
  return { file, line, offset, length };
}

function orderExcerpt({ text, start, end }: Excerpt): Every<Excerpt> {
  return { text, start, end };
}

function orderSummary(summary: Report['summary']): Every<Report['summary']> {
  const { files, bytes, records, period, findings, assurance } = summary;
  const { verdict, undeterminedLicenses, failOn, failOnKnown, failOnControls, failOnNotices } = summary;
  const { total, waived, bySeverity, byCode } = findings;

  return {
    verdict,
    undeterminedLicenses,
    failOn,
    failOnKnown,
    failOnControls,
    failOnNotices,
    files,
    bytes,
    records: orderCounts(records),
    period: period && { from: period.from, until: period.until },
    assurance: assurance && orderAssurance(assurance),
    findings: {
      total,
      waived,
      new: findings.new,
      bySeverity: orderSeverities(bySeverity),
      byCode: sortKeys(byCode, (amount) => amount),
    },
  };
}

function orderSeverities(counts: Partial<Record<Severity, number>>): Record<string, unknown> {
  return Object.fromEntries(SEVERITIES.toReversed().map((severity) => [severity, counts[severity]]));
}

/** The worst first; what does not occur is left out. */
export function orderAssurance(counts: Partial<Record<Assurance, number>>): Record<string, unknown> {
  return Object.fromEntries(ASSURANCES.map((assurance) => [assurance, counts[assurance]]));
}

function orderCounts({ read, audited, malformed, duplicate, skipped }: RecordCounts): Every<RecordCounts> {
  return { read, audited, malformed, duplicate, skipped };
}

function orderInput(input: InputSummary): Every<InputSummary> {
  const { file, bytes, decodedBytes, sha256, compression, source, seals, records, accounted } = input;
  return {
    file,
    status: input.status,
    reason: input.reason,
    unconfirmed: input.unconfirmed,
    morePages: input.morePages,
    source,
    seals,
    bytes,
    decodedBytes,
    sha256,
    compression,
    records: orderCounts(records),
    accounted: {
      records: accounted.records,
      malformed: accounted.malformed,
      framing: accounted.framing,
      seals: accounted.seals,
    },
  };
}

function orderStream({
  stream,
  profile,
  records,
  status,
  ranges,
  head,
  limits,
}: StreamSummary): Every<StreamSummary> {
  return { stream, profile, records, status, ranges: ranges.map(orderRange), head, limits };
}

export function orderRange(range: StreamRange): Every<StreamRange> {
  const { assurance, records, files, period, from, until, reason, anchor } = range;
  return {
    assurance,
    records,
    files,
    period: period && { from: period.from, until: period.until },
    from: orderPlace(from),
    until: orderPlace(until),
    reason,
    anchor: anchor && orderAnchor(anchor),
  };
}

function orderAnchor({ by, at, checkpoint }: RangeAnchor): Every<RangeAnchor> {
  return { by, at, checkpoint };
}

function orderRule(rule: RuleSummary): Every<RuleSummary> {
  const {
    id,
    title,
    level,
    file,
    own,
    silent,
    status,
    matches,
    reason,
    judged,
    unjudged,
    author,
    description,
    fix,
    controls,
    references,
    tags,
  } = rule;
  return {
    id,
    title,
    level,
    file,
    own,
    silent,
    status,
    matches,
    reason,
    judged,
    unjudged: unjudged && { events: unjudged.events, reason: unjudged.reason },
    author,
    description,
    fix,
    controls,
    references,
    tags,
  };
}

function orderLicense(entry: LicenseSummary): Every<LicenseSummary> {
  const { license, measure, period, used, limit, committed, at, holders, reason } = entry;
  const { teams, selfCheck, flips, verdict, places } = entry;
  return {
    license,
    verdict,
    reason,
    measure,
    period,
    used,
    limit,
    committed,
    at,
    holders,
    teams: teams?.map(({ team, holders: amount }) => ({ team, holders: amount })),
    selfCheck: selfCheck && orderSelfCheck(selfCheck),
    flips,
    places: places.map(orderPlace),
  };
}

function orderSelfCheck({ points, agree, open, disagree, capacities }: SelfCheck): Every<SelfCheck> {
  return {
    points,
    agree,
    open,
    disagree,
    capacities: capacities?.map(({ feature, amount, from, until }) => ({ feature, amount, from, until })),
  };
}

function orderActivity({
  source,
  from,
  until,
  untimed,
  earlier,
  bucket,
  buckets,
  silences,
}: SourceActivity): Every<SourceActivity> {
  return {
    source,
    from,
    until,
    untimed,
    earlier,
    bucket,
    buckets: buckets.map(({ at, events, bytes }) => ({ at, events, bytes })),
    silences: silences.map((silence) => ({ from: silence.from, until: silence.until })),
  };
}

function orderKeep({ minimum, maximum }: KeptAges): Every<KeptAges> {
  return { minimum, maximum };
}

function orderPack({
  name,
  title,
  version,
  effective,
  superseded,
  url,
  file,
}: PackSummary): Every<PackSummary> {
  return { name, title, version, effective, superseded, url, file };
}

function orderControl(result: ControlResult): Every<ControlResult> {
  const { pack, control, title, strength, status, checks, reason } = result;
  return { pack, control, title, strength, status, reason, checks: checks.map(orderControlCheck) };
}

function orderControlCheck(check: ControlCheck): Every<ControlCheck> {
  const { asks, status, population, findings, against, reason } = check;
  return {
    asks,
    status,
    reason,
    population: { of: population.of, count: population.count },
    against,
    findings,
  };
}

function orderWaivers(summary: WaiverSummary): Every<WaiverSummary> {
  const { file, asOf, entries, used, unused, expired, outgrown } = summary;
  return { file, asOf, entries, used, unused, expired, outgrown, void: summary.void };
}

function orderBaseline(summary: BaselineSummary): Every<BaselineSummary> {
  const { file, entries, unchanged, gone, unread, carried } = summary;
  return { file, entries, new: summary.new, unchanged, gone, unread, carried: orderSeverities(carried) };
}

function orderAbsent({ rule, code, fingerprint, message, file }: AbsentFinding): Every<AbsentFinding> {
  return { rule, code, fingerprint, message, file };
}

function orderRun({
  at,
  verdict,
  records,
  bytes,
  findings,
  waived,
  licenses,
  of,
}: RunSummary): Every<RunSummary> {
  const counts = SEVERITIES.toReversed().map((severity) => [severity, findings[severity]]);
  const seats = licenses.map(({ license, used, limit }) => ({ license, used, limit }));
  const about = of && { paths: of.paths, since: of.since, until: of.until };
  return {
    at,
    verdict,
    records,
    bytes,
    findings: Object.fromEntries(counts),
    waived,
    licenses: seats,
    of: about,
  };
}

function orderNotice({ code, message, place }: Notice): Every<Notice> {
  return { code, message, place: place && orderPlace(place) };
}

function sortKeys<Value>(
  record: Record<string, Value>,
  order: (value: Value) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(record).sort(([left], [right]) => compareText(left, right));
  return Object.fromEntries(entries.map(([key, value]) => [key, order(value)]));
}
