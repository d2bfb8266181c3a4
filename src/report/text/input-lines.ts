/** Inputs that were not read whole, and notices: each with its reason, long lists folded to counts. */
import { count } from '../../base/text-safety.ts';
import { formatPlace } from '../../model/place.ts';
import type { InputStatus, InputSummary, Notice, Report } from '../../model/report.ts';
import { type Layout, labelled, section } from './layout.ts';

const WORST_FIRST: readonly InputStatus[] = ['unreadable', 'partial', 'empty', 'skipped'];
/** Lines that are printed of one reason, or of one notice. */
const MAX_EACH = 5;

export function inputLines({ inputs }: Report, layout: Layout): string[] {
  const lines = WORST_FIRST.flatMap((status) => {
    const byReason = groupBy(
      inputs.filter((input) => input.status === status),
      ({ reason }) => reason ?? '',
    );
    return [...byReason].flatMap(([reason, members]) => reasonLines(status, reason, members, layout));
  });
  return section(layout, 'Inputs not read whole', lines);
}

function reasonLines(
  status: InputStatus,
  reason: string,
  inputs: readonly InputSummary[],
  layout: Layout,
): string[] {
  const because = reason === '' ? '' : `: ${reason}`;
  const shown = inputs.length > MAX_EACH ? inputs.slice(0, MAX_EACH - 1) : inputs;
  const lines = shown.flatMap(({ file }) => labelled(layout, status, because, file));
  const hidden = inputs.length - shown.length;
  if (hidden > 0) lines.push(...labelled(layout, status, `and ${count(hidden, 'more file')}${because}`));
  return lines;
}

export function noticeLines({ notices }: Report, layout: Layout): string[] {
  const lines = [...groupBy(notices, ({ code }) => code).values()].flatMap((members) => {
    const shown = members.length > MAX_EACH ? members.slice(0, MAX_EACH - 1) : members;
    const hidden = members.length - shown.length;
    const label = `note[${members[0]!.code}]`;
    return [
      ...shown.flatMap((notice) => noticeText(layout, label, notice)),
      ...(hidden > 0 ? labelled(layout, label, `and ${count(hidden, 'more', 'more')}`) : []),
    ];
  });
  return section(layout, 'Notices', lines);
}

function noticeText(layout: Layout, label: string, { message, place }: Notice): string[] {
  if (place === undefined) return labelled(layout, label, message);
  return labelled(layout, label, `: ${message}`, formatPlace(place));
}

/** Map.groupBy came with Node 21. */
function groupBy<Value>(values: readonly Value[], toKey: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = toKey(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
