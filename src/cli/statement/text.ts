/**
 * `licenses --format text`: the statement on a terminal of 80 columns. One function a section, in the order of the page, so
 * one file of 280 lines.
 */
import { count, escapeControls, formatDecimal, formatNumber, truncate } from '../../base/text-safety.ts';
import { formatPlace } from '../../model/place.ts';
import { wrap } from '../../report/text/columns.ts';
import { type Layout, labelled, MAX_PROSE, table } from '../../report/text/layout.ts';
import { createPaint } from '../../report/text/paint.ts';
import {
  besidePeriods,
  type LicenseEntry,
  type Statement,
  type StatementFinding,
  type WitnessInChain,
} from './statement.ts';
import { heatLines } from './text-heat.ts';
import {
  costWords,
  denialWords,
  FORECAST_METHOD,
  forecastWords,
  idleWords,
  type PricedWords,
  reasonWords,
  showLimits,
  showPeriod,
  showPlaces,
  showSpanned,
  showTeams,
  showUnits,
  showUse,
  showUseOf,
  trueDownWords,
  trueUpWords,
  verdictLine,
  worstPeriod,
} from './words.ts';

const LAYOUT: Layout = { width: 80, paint: createPaint(false) };
/** Rows of one list; json and csv have them all. */
const SHOWN = 12;
/** Periods of one license: a year and a half. */
const SHOWN_PERIODS = 18;
const NAME = 40;
const PLACE = 300;

export function statementText(statement: Statement): string {
  const blocks = [
    head(statement),
    overview(statement),
    ...statement.licenses.map(licenseBlock),
    findingBlock('Use that no license covers', statement.uncovered),
    evidence(statement),
  ];
  const lines = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  const usesForecast = statement.licenses.some(({ forecast }) => forecast.known);
  const method = usesForecast ? labelled(LAYOUT, 'forecast', FORECAST_METHOD) : [];
  return `${[...lines, ...(method.length > 0 ? [method.join('\n')] : []), prose(verdictLine(statement)).join('\n')].join('\n\n')}\n`;
}

function head({ contract, generated, evidence }: Statement): string[] {
  const { id, licensor, file, timezone, term, asOf, laterQuantities } = contract;
  const left =
    laterQuantities === 0 ? '' : `, without ${count(laterQuantities, 'later quantity', 'later quantities')}`;
  return [
    'License statement',
    ...labelled(LAYOUT, 'contract', `${id}${licensor === null ? '' : ` of ${licensor}`} (${file})`),
    ...(term === null
      ? []
      : labelled(LAYOUT, 'term', `${term.from === null ? '' : `from ${term.from} `}until ${term.until}`)),
    ...(asOf === null ? [] : labelled(LAYOUT, 'as of', `${asOf}${left}`)),
    ...labelled(LAYOUT, 'log', showPeriod(evidence)),
    ...(evidence.zoneNeeded === null ? [] : labelled(LAYOUT, 'zone', evidence.zoneNeeded)),
    ...labelled(LAYOUT, 'days', `of ${timezone}, instants are in UTC`),
    ...(generated === null ? [] : labelled(LAYOUT, 'written', generated)),
  ];
}

function overview({ licenses }: Statement): string[] {
  const rows = licenses.map((entry) => {
    const { license, verdict, unit } = entry;
    const worst = worstPeriod(entry);
    return [
      truncate(license, NAME),
      showUseOf(worst, unit),
      worst === undefined ? 'unknown' : showLimits(worst),
      worst?.period ?? '',
      verdict,
    ];
  });
  const columns = ['license', 'used', 'quantity', 'period', 'verdict'].map((title) => ({ title }));
  return ['Licenses', ...table(LAYOUT, columns, rows)];
}

function licenseBlock(entry: LicenseEntry): string[] {
  const { license, sentence, denials, idle, forecast, unit } = entry;
  return [
    ...prose(`License ${license}: ${sentence}`),
    ...periodTable(entry),
    ...monthTable(entry),
    ...peakLines(entry),
    ...heatLines(entry),
    ...labelled(LAYOUT, 'denials', denialWords(denials)),
    ...denialLines(entry),
    ...idleWords(idle, unit).flatMap(({ label, text }) => labelled(LAYOUT, label, text)),
    ...idleLines(entry),
    ...labelled(LAYOUT, 'forecast', forecastWords(forecast, unit).join('; ')),
    ...[...costWords(entry), ...trueUpWords(entry), ...trueDownWords(entry)].flatMap(pricedLines),
    ...findingLines(besidePeriods(entry)),
  ];
}

function periodTable({ periods }: LicenseEntry): string[] {
  const rows = periods
    .slice(-SHOWN_PERIODS)
    .map((each) => [
      each.period,
      showUse(each),
      showLimits(each),
      each.at ?? '',
      each.spanned === null ? '' : showSpanned(each.spanned),
      each.verdict,
    ]);
  const columns = ['period', 'used', 'quantity', 'peak at', 'spanned', 'verdict'].map((title) => ({ title }));
  const notes = periods.slice(-SHOWN_PERIODS).flatMap((each) => {
    const because = reasonWords(each);
    return because === '' ? [] : labelled(LAYOUT, each.period, because);
  });
  return [
    ...(rows.length === 0 ? [] : table(LAYOUT, columns, rows)),
    ...more(periods.length, SHOWN_PERIODS, 'earlier period'),
    ...notes,
  ];
}

/** Where the contract counts over another period than the month. */
function monthTable({ months, periods }: LicenseEntry): string[] {
  if (months.every(({ period }) => periods.some((each) => each.period === period))) return [];
  const rows = months.slice(-SHOWN_PERIODS).map((each) => [each.period, showUse(each), each.at ?? '']);
  const columns = ['month', 'used', 'peak at'].map((title) => ({ title }));
  return [...table(LAYOUT, columns, rows), ...more(months.length, SHOWN_PERIODS, 'earlier month')];
}

function peakLines({ peak, months, unit }: LicenseEntry): string[] {
  if (peak === null) {
    const teams = months.flatMap(({ period, teams: use }) =>
      use === undefined ? [] : labelled(LAYOUT, `teams ${period}`, showTeams(use.teams, shown)),
    );
    return teams.slice(-SHOWN);
  }
  const { amount, at, teams, sessions, omitted } = peak;
  const total = sessions.length + omitted;
  const open = sessions.filter(({ until }) => until === null).length;
  const doubt = open === 0 ? '' : `; ${formatNumber(open)} of them without a check-in`;
  return [
    ...labelled(
      LAYOUT,
      'peak',
      `${showUnits(amount, unit)} at ${at}: ${showTeams(teams, shown)}; ${count(total, 'session')}${doubt}`,
    ),
    ...sessions.slice(0, SHOWN).flatMap(sessionLines),
    ...more(total, SHOWN, 'session'),
  ];
}

function sessionLines({ holder, quantity, from, until, opened, closed, chain }: WitnessInChain): string[] {
  const many = quantity === 1 ? '' : ` (${formatDecimal(quantity)})`;
  const places = escapeControls(truncate(showPlaces(opened, closed), PLACE));
  return [
    `    ${shown(holder)}${many}, ${from} to ${until ?? 'no check-in'}`,
    `      ${places}${chain === null ? '' : `, ${chain.assurance}`}`,
  ];
}

function denialLines({ denials }: LicenseEntry): string[] {
  const { list, incidents } = denials;
  const lines = list
    .slice(0, SHOWN)
    .flatMap(({ holder, last, denials: times, reason, place, openEnded }) =>
      labelled(
        LAYOUT,
        '    denied',
        `${shown(holder)} at ${last}, ${count(times, 'time')}${reason === null ? '' : `, ${reason}`}${openEnded ? ', and the log ends' : ''} [${formatPlace(place)}]`,
      ),
    );
  return [...lines, ...more(incidents, SHOWN, 'incident')];
}

function idleLines({ idle }: LicenseEntry): string[] {
  return [
    ...idle.list
      .slice(0, SHOWN)
      .flatMap(({ holder, last, days }) =>
        labelled(LAYOUT, '    idle', `${shown(holder)} since ${last}, ${count(days, 'day')}`),
      ),
    ...more(idle.idle, SHOWN, 'idle holder'),
    ...idle.heldList
      .slice(0, SHOWN)
      .flatMap(({ holder, since, days, place }) =>
        labelled(
          LAYOUT,
          '    holds',
          `${shown(holder)} since ${since}, ${count(days, 'day')} [${formatPlace(place)}]`,
        ),
      ),
    ...more(idle.held, SHOWN, 'session'),
  ];
}

function pricedLines({ label, text, bill }: PricedWords): string[] {
  const head = labelled(LAYOUT, label, text);
  if (bill === undefined || bill.lines.length === 0) return head;
  const rows = bill.lines
    .slice(0, SHOWN)
    .map(({ by, since, period, arithmetic }) => [
      truncate(by ?? '', NAME),
      since,
      period ?? 'once',
      arithmetic,
    ]);
  const columns = ['by', 'from', 'period', 'quantity × price'].map((title) => ({ title }));
  return [...head, ...table(LAYOUT, columns, rows), ...more(bill.lines.length + bill.omitted, SHOWN, 'line')];
}

function findingBlock(title: string, findings: readonly StatementFinding[]): string[] {
  if (findings.length === 0) return [];
  return [title, ...findingLines(findings)];
}

function findingLines(findings: readonly StatementFinding[]): string[] {
  return [
    ...findings
      .slice(0, SHOWN)
      .flatMap(({ code, message, place }) => labelled(LAYOUT, code, `${message} (${formatPlace(place)})`)),
    ...more(findings.length, SHOWN, 'finding'),
  ];
}

function evidence({ evidence: { files, records, assurance, findings, notices } }: Statement): string[] {
  const parts = (['audited', 'malformed', 'duplicate', 'skipped'] as const).flatMap((word) =>
    records[word] === 0 && word !== 'audited' ? [] : [`${formatNumber(records[word])} ${word}`],
  );
  const trust = Object.entries(assurance).map(([word, number]) => `${formatNumber(number)} ${word}`);
  return [
    'Evidence',
    ...files
      .slice(0, SHOWN)
      .flatMap(({ file, sha256, status }) =>
        labelled(LAYOUT, 'file', `${file} ${status === 'complete' ? `sha256 ${sha256 ?? ''}` : status}`),
      ),
    ...more(files.length, SHOWN, 'file'),
    ...labelled(LAYOUT, 'records', `${formatNumber(records.read)} read = ${parts.join(' + ')}`),
    ...(trust.length === 0 ? [] : labelled(LAYOUT, 'chains', trust.join(', '))),
    ...findingLines(findings),
    ...notices
      .slice(0, SHOWN)
      .flatMap(({ code, message, place }) =>
        labelled(LAYOUT, `note[${code}]`, place === null ? message : `${message} (${formatPlace(place)})`),
      ),
    ...more(notices.length, SHOWN, 'notice'),
  ];
}

function more(total: number, shownRows: number, noun: string): string[] {
  if (total <= shownRows) return [];
  return [`  … and ${count(total - shownRows, `further ${noun}`)}: --format json or csv lists them`];
}

/** Later lines are indented. */
function prose(text: string): string[] {
  const lines = wrap(escapeControls(truncate(text, MAX_PROSE)), LAYOUT.width, 2);
  return lines.map((line, at) => (at === 0 ? line : `  ${line}`));
}

function shown(text: string): string {
  return escapeControls(truncate(text, NAME));
}
