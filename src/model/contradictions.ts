/** What a report says that the rest of it denies: one that was saved can have been edited before it is read back. */
import { quote } from '../base/text-safety.ts';
import { contradictionsInControls } from './control-contradictions.ts';
import { countFindings } from './finding-counts.ts';
import { NOTHING_VERIFIED, type RecordCounts, type Report } from './report.ts';
import { drawVerdict, isUnread } from './verdict.ts';

/** `path`: where the report says it, as keys and indexes. */
export type Contradiction = { path: string[]; message: string };

/** In the order of the report; none in one that no hand was laid on. */
export function contradictionsIn(report: Report): Contradiction[] {
  return [
    ...inInputs(report),
    ...inSums(report),
    ...inFindingCounts(report),
    ...inVerdict(report),
    ...contradictionsInControls(report),
    ...inWaivers(report),
  ];
}

function inInputs({ inputs }: Report): Contradiction[] {
  return inputs.flatMap(({ file, records }, index) => {
    const sum = tiedOut(records);
    if (records.read === sum) return [];
    return [
      {
        path: ['inputs', String(index), 'records', 'read'],
        message: `${quote(file)} says ${records.read} records read, but audited, malformed, duplicate and skipped are ${sum}`,
      },
    ];
  });
}

function tiedOut({ audited, malformed, duplicate, skipped }: RecordCounts): number {
  return audited + malformed + duplicate + skipped;
}

function inSums({ summary, inputs }: Report): Contradiction[] {
  const sumOf = (amountOf: (input: Report['inputs'][number]) => number) =>
    inputs.reduce((sum, input) => sum + amountOf(input), 0);
  const kinds = ['read', 'audited', 'malformed', 'duplicate', 'skipped'] as const;
  return [
    ...differing(['summary', 'files'], summary.files, inputs.length, 'its inputs are'),
    ...differing(
      ['summary', 'bytes'],
      summary.bytes,
      sumOf(({ bytes }) => bytes),
      'its inputs have',
    ),
    ...kinds.flatMap((kind) =>
      differing(
        ['summary', 'records', kind],
        summary.records[kind],
        sumOf(({ records }) => records[kind]),
        'its inputs have',
      ),
    ),
  ];
}

function inFindingCounts({ summary, findings, baseline }: Report): Contradiction[] {
  const { total, waived = 0, new: unknown = 0, bySeverity, byCode } = summary.findings;
  const counted = countFindings(findings);
  const path = (...keys: string[]) => ['summary', 'findings', ...keys];
  const perKey = (key: 'bySeverity' | 'byCode', said: Readonly<Record<string, number | undefined>>) => {
    const found: Readonly<Record<string, number | undefined>> = counted[key];
    return [...new Set([...Object.keys(said), ...Object.keys(found)])].flatMap((name) =>
      differing(path(key, name), said[name] ?? 0, found[name] ?? 0, 'its findings are'),
    );
  };
  return [
    ...differing(path('total'), total, counted.total, 'its findings are'),
    ...differing(path('waived'), waived, counted.waived ?? 0, 'its findings have'),
    ...differing(path('new'), unknown, baseline?.new ?? 0, 'its baseline says'),
    ...perKey('bySeverity', bySeverity),
    ...perKey('byCode', byCode),
  ];
}

function inWaivers({ waivers }: Report): Contradiction[] {
  if (waivers === undefined) return [];
  const { entries, used, unused, expired, outgrown } = waivers;
  const sum = used + unused + expired + outgrown + waivers.void;
  return differing(['waivers', 'entries'], entries, sum, 'used, unused, expired, outgrown and void are');
}

function inVerdict(report: Report): Contradiction[] {
  const { summary } = report;
  // What was not verified may stand nowhere else, so nothing denies an `incomplete`.
  if (summary.verdict === 'incomplete') return [];
  const path = ['summary', 'verdict'];
  const reason = whyIncomplete(report);
  if (reason !== undefined)
    return [{ path, message: `summary.verdict says ${summary.verdict}, but ${reason}: expected incomplete` }];
  return differing(path, summary.verdict, drawVerdict(false, report, summary), 'its findings say');
}

/** A part of the grounds on which a run is incomplete: those that the report still shows. */
function whyIncomplete({ inputs, rules, notices, streams, summary }: Report): string | undefined {
  const unread = inputs.find(isUnread);
  if (unread !== undefined) return `the input ${quote(unread.file)} is ${unread.status}`;
  const guessed = inputs.find(({ unconfirmed }) => unconfirmed);
  if (guessed !== undefined) return `nobody has confirmed the mapping of ${quote(guessed.file)}`;
  const paged = inputs.find(({ morePages }) => morePages !== undefined);
  if (paged !== undefined) return `pages are missing after ${quote(paged.file)}`;
  const failed = rules.find(({ status }) => status === 'error');
  if (failed !== undefined) return `the rule ${quote(failed.id)} is in error`;
  if (notices.some(({ code }) => code === NOTHING_VERIFIED)) return 'a notice says that nothing was verified';
  const { read, audited } = summary.records;
  // Files that hold no records can be vouched for by a seal, which then tells of them as a stream.
  if (audited === 0 && (read > 0 || streams.length === 0)) return 'no record was audited';
  return undefined;
}

function differing<Value extends number | string>(
  path: string[],
  said: Value,
  follows: Value,
  ground: string,
): Contradiction[] {
  return said === follows ? [] : [{ path, message: `${path.join('.')} says ${said}, ${ground} ${follows}` }];
}
