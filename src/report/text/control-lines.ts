/** The matrix of controls: how many of each pack are what, and each that is not passed with its reason. */
import { count, formatNumber } from '../../base/text-safety.ts';
import { CONTROL_STATUSES, type ControlResult, type ControlStatus } from '../../model/control.ts';
import type { Report } from '../../model/report.ts';
import { type Cell, type Column, type Layout, labelled, section, table } from './layout.ts';

/** Good news first, as it is read from left to right. */
const COLUMNS: readonly ControlStatus[] = CONTROL_STATUSES.toReversed();
const WORDS: Record<ControlStatus, string> = {
  passed: 'passed',
  'not-assessable': 'not assessable',
  excepted: 'excepted',
  undetermined: 'undetermined',
  failed: 'failed',
};

const NEVER_COMPLIANT =
  'passed says that what was looked at speaks for the control, never that a framework is complied with';

export function controlLines({ packs = [], controls = [] }: Report, layout: Layout): string[] {
  if (packs.length === 0) return [];
  const { paint } = layout;
  // Most runs know no waivers: a column of zeros is room that the framework's name has not.
  const shown = COLUMNS.filter(
    (word) => word !== 'excepted' || controls.some(({ status }) => status === word),
  );
  const columns: Column[] = [
    { title: 'pack' },
    ...shown.map((status): Column => ({ title: WORDS[status], align: 'right' })),
    { title: 'framework' },
  ];
  const rows = packs.map(({ name, title, superseded }): Cell[] => [
    name,
    ...shown.map((status): Cell => {
      const amount = controls.filter((each) => each.pack === name && each.status === status).length;
      return status === 'failed' && amount > 0
        ? { text: formatNumber(amount), paint: paint.severity.high }
        : formatNumber(amount);
    }),
    superseded === undefined ? title : `${title}, superseded since ${superseded}`,
  ]);
  const lines = [
    ...table(layout, columns, rows),
    '',
    ...(['failed', 'undetermined', 'excepted'] as const).flatMap((status) =>
      controls
        .filter((control) => control.status === status)
        .flatMap((control) => controlLine(control, layout)),
    ),
    ...packs.flatMap(({ name }) => notAssessable(name, controls, layout)),
    ...labelled(layout, 'note', NEVER_COMPLIANT),
  ];
  return section(layout, 'Controls', lines);
}

function controlLine(
  { pack, control, title, status, checks, reason }: ControlResult,
  layout: Layout,
): string[] {
  const worst = checks.filter((check) => check.status === status);
  const first = worst[0];
  const because =
    first === undefined
      ? (reason ?? '')
      : (first.reason ?? `${count(first.against, 'finding')} against: ${first.asks}`);
  const more = worst.length > 1 ? ` (and ${count(worst.length - 1, 'more check')})` : '';
  return labelled(layout, WORDS[status], `${pack}:${control} ${title}: ${because}${more}`);
}

function notAssessable(pack: string, controls: readonly ControlResult[], layout: Layout): string[] {
  const ids = controls
    .filter((each) => each.pack === pack && each.status === 'not-assessable')
    .map(({ control }) => control);
  return ids.length === 0 ? [] : labelled(layout, WORDS['not-assessable'], `${pack}: ${ids.join(', ')}`);
}
