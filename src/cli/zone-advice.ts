/**
 * What to do about times of a server's text log that state no zone: nothing places them, and the zone is nobody's but the
 * auditor's to state. The contract and the log give a hint; neither is taken for it.
 */
import { parseTimestamp } from '../base/instant.ts';
import { JsonObject } from '../base/json.ts';
import { count, quote } from '../base/text-safety.ts';
import { textLogsOf } from '../engine/file-head.ts';
import type { Inspection } from '../engine/inspect.ts';
import type { Notice, Report } from '../model/report.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { readHead } from '../read/open.ts';
import { TEXT_FORMATS } from '../text-logs/index.ts';

const SERVER_LOGS = new Set(TEXT_FORMATS.flatMap(({ name, isOfOneServer }) => (isOfOneServer ? [name] : [])));

/** `contractZone`: of the contract that the log is held to. Undefined where no server's log lacks a zone. */
export async function zoneAdvice(
  { findings, inputs }: Pick<Report, 'findings' | 'inputs'>,
  contractZone: string | undefined,
): Promise<Notice | undefined> {
  const sources = new Map(inputs.map(({ file, source }) => [file, source ?? '']));
  const zoneless = findings.filter(
    ({ code, place }) => code === 'missing-zone' && SERVER_LOGS.has(sources.get(place.file) ?? ''),
  );
  const [first] = zoneless;
  if (first === undefined) return undefined;
  const abbreviation = await zoneInHead(first.place.file);
  const example = contractZone ?? exampleOf(abbreviation) ?? 'Europe/Berlin';
  const hints = [
    ...(contractZone === undefined ? [] : ['the time zone of the contract']),
    ...(abbreviation === undefined ? [] : [`the log calls its own zone ${quote(abbreviation)}`]),
  ];
  const hint = hints.length === 0 ? '' : ` (${hints.join('; ')})`;
  const records = count(
    zoneless.reduce((sum, each) => sum + (each.count ?? 1), 0),
    'record',
  );
  return {
    code: 'zone-needed',
    message: `the times of ${records} state no zone, so nobody knows when they happened, and nothing that hangs on time is judged of them: state the zone of the server, as --zone ${example}${hint}, or "zone:" in audit-check.yaml`,
    place: first.place,
  };
}

/** With the advice among its notices, where it is needed. */
export async function withZoneAdvice(report: Report, contractZone: string | undefined): Promise<Report> {
  const advice = await zoneAdvice(report, contractZone);
  return advice === undefined ? report : { ...report, notices: [...report.notices, advice] };
}

/** `Sun Jan 08 2017 17:17:45 EST` */
const SPELLED = /\b[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d{1,2}:\d\d:\d\d ([A-Z]{2,5})$/;

/** Whether the head of a file is that of a server's log whose times state no zone. */
export function isZoneless({ records, text }: Inspection): boolean {
  if (text === undefined || !SERVER_LOGS.has(text)) return false;
  return records.some((record) => {
    const time = record instanceof JsonObject ? record.get('time') : undefined;
    return typeof time === 'string' && parseTimestamp(time).problem === 'missing-zone';
  });
}

/** How the head of the file abbreviates its zone. */
export async function zoneInHead(file: string): Promise<string | undefined> {
  let abbreviation: string | undefined;
  const look = (_: unknown, _format: unknown, lines: readonly string[] = []): undefined => {
    for (const line of lines) abbreviation ??= SPELLED.exec(line)?.[1];
    return undefined;
  };
  await readHead(file, DEFAULT_LIMITS, look, textLogsOf({}, file));
  return abbreviation;
}

/** One of the zones that go by the name, to show how a zone is written. */
const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['MDT', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
  ['GMT', 'Europe/London'],
  ['BST', 'Europe/London'],
  ['CET', 'Europe/Berlin'],
  ['CEST', 'Europe/Berlin'],
  ['JST', 'Asia/Tokyo'],
]);

export function exampleOf(abbreviation: string | undefined): string | undefined {
  return abbreviation === undefined ? undefined : EXAMPLES.get(abbreviation);
}
