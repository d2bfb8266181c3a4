/**
 * Findings as a compiler prints diagnostics: what is wrong, where, the line with a caret, what to do.
 * Worst first, what the log cannot tell last; help stands with the first finding of its kind, and a flood becomes a table.
 */
import { getOrCreate } from '../../base/get-or-create.ts';
import { count, escapeControls, formatNumber, truncate } from '../../base/text-safety.ts';
import { alsoWords } from '../../model/also-said.ts';
import type { Finding } from '../../model/finding.ts';
import { formatLine } from '../../model/place.ts';
import type { Report } from '../../model/report.ts';
import { momentOf } from '../parts/finding-time.ts';
import { createWords, type FindingWords } from '../parts/finding-words.ts';
import { describeLapse, describeWaiver } from '../parts/waiver-words.ts';
import { worstFirst } from '../parts/worst-first.ts';
import { keptWhole, wrap } from './columns.ts';
import { toExcerptLines } from './excerpt-lines.ts';
import { type Kind, kindTable, startKind } from './kind-table.ts';
import { type Layout, MAX_PROSE, showPlace } from './layout.ts';

/** Findings of one code, or of one rule, that are printed in full. */
const MAX_OF_KIND = 50;
/** Findings that are printed in full; of many kinds each gets its share. A screen holds six of them. */
const MAX_IN_FULL = 200;
/** Columns of the line numbers; longer numbers push their own finding. */
const GUTTER = 4;
/** Characters of a subject, which the log chose. */
const MAX_SUBJECT = 200;
/** Characters of a code; ours have at most 30. */
const MAX_CODE = 60;

export function findingLines(report: Report, layout: Layout): string[] {
  const wordsOf = createWords(report);
  const findings = worstFirst(report.findings);
  const kinds = gatherKinds(findings, wordsOf);
  const share = Math.min(MAX_OF_KIND, Math.max(1, Math.floor(MAX_IN_FULL / Math.max(1, kinds.size))));
  const limit = findings.length <= MAX_IN_FULL ? MAX_OF_KIND : share;
  const lines: string[] = [];
  let printed = 0;
  for (const finding of findings) {
    const words = wordsOf(finding);
    const kind = kinds.get(words)!;
    if (kind.shown === limit || printed === MAX_IN_FULL) continue;
    kind.shown++;
    printed++;
    lines.push(...oneFinding(finding, words, kind.shown === 1, layout), '');
  }
  return [...lines, ...(printed < findings.length ? kindTable([...kinds.values()], layout) : [])];
}

/** By their words: two rules that speak one relation's code are two kinds. In the order of their worst finding. */
function gatherKinds(
  findings: readonly Finding[],
  wordsOf: (finding: Finding) => FindingWords,
): Map<FindingWords, Kind> {
  const kinds = new Map<FindingWords, Kind>();
  for (const finding of findings) {
    const words = wordsOf(finding);
    const kind = getOrCreate(kinds, words, () => startKind(finding, words));
    kind.total++;
    kind.files.set(finding.place.file, (kind.files.get(finding.place.file) ?? 0) + 1);
  }
  return kinds;
}

function oneFinding(
  finding: Finding,
  words: FindingWords,
  withHelp: boolean,
  { width, paint }: Layout,
): string[] {
  const { severity, verdict, code, message, place, excerpt } = finding;
  const label = `${verdict === 'undetermined' ? 'undetermined' : severity}[${escapeControls(truncate(code, MAX_CODE))}]`;
  const brush = verdict === 'undetermined' ? paint.undetermined : paint.severity[severity];
  const gutter = ' '.repeat(Math.max(GUTTER, String(place.line).length));
  const rail = `${gutter} ${paint.faint('|')}`;

  const [first = '', ...more] = wrap(`${label}: ${escapeControls(truncate(message, MAX_PROSE))}`, width, 4);
  const head = first.startsWith(`${label}:`)
    ? `${brush(label)}${paint.strong(first.slice(label.length))}`
    : brush(first);
  const lines = [
    head,
    ...more.map((line) => paint.strong(line)),
    `${gutter}${paint.faint('-->')} ${showPlace(place)}`,
  ];
  if (excerpt !== undefined) {
    const { text, indent, carets } = toExcerptLines(excerpt, width - gutter.length - 3);
    const number = paint.faint(`${String(place.line).padStart(gutter.length)} |`);
    lines.push(rail, `${number} ${text}`.trimEnd(), `${rail} ${indent}${paint.caret(carets)}`);
  }
  for (const [name, text] of remarks(finding, words, withHelp)) {
    const wrapped = wrap(`${name}: ${text}`, width - gutter.length - 3, name.length + 2);
    wrapped.forEach((line, index) => {
      const shown = index === 0 ? paint.help(`${name}:`) + line.slice(name.length + 1) : line;
      lines.push(`${gutter} ${paint.faint(index === 0 ? '=' : ' ')} ${shown}`);
    });
  }
  return lines;
}

/** The `= name: text` lines below a finding. */
function remarks(
  finding: Finding,
  { rule, fix, controls }: FindingWords,
  withHelp: boolean,
): [string, string][] {
  const { severity, verdict, subject, message, waiver, lapsed, baseline, newBecause } = finding;
  const related = relatedPlaces(finding);
  const lines: [string, string | undefined][] = [
    [
      'about',
      subject !== undefined && !message.includes(subject) ? truncate(subject, MAX_SUBJECT) : undefined,
    ],
    ['also', alsoWords(finding)],
    ['time', momentOf(finding)],
    ['waived', waiver && describeWaiver(waiver)],
    ['lapsed', lapsed && describeLapse(lapsed)],
    [
      'baseline',
      baseline === 'unchanged' ? 'known, unchanged' : newBecause && `known, and new: ${newBecause}`,
    ],
    ['severity', verdict === 'undetermined' ? `${severity}, if it is so` : undefined],
    [
      'rule',
      rule && withHelp ? `${rule.title} (${rule.id})${rule.author ? `, by ${rule.author}` : ''}` : undefined,
    ],
    ['help', withHelp ? fix : undefined],
    ['control', withHelp ? controls.join(', ') : undefined],
  ];
  const safe = lines.flatMap(([name, text]): [string, string][] =>
    text ? [[name, escapeControls(truncate(text, MAX_PROSE))]] : [],
  );
  if (related === '') return safe;
  // Escaped already, and not to be cut.
  const before = safe.findLastIndex(([name]) => name === 'about' || name === 'time') + 1;
  return safe.toSpliced(before, 0, ['related', related]);
}

/** `line 18, line 19, b.ndjson:4, and 12 more`: the file is named where it changes. Escaped. */
function relatedPlaces({ place, related = [], count: positions = 1, message }: Finding): string {
  let file = place.file;
  const shown = related.map((other) => {
    const text = other.file === file ? `line ${formatLine(other)}` : keptWhole(showPlace(other));
    file = other.file;
    return text;
  });
  const hidden = positions - 1 - related.length;
  // Records that are gone are nowhere, and the message says how many they were.
  if (hidden > 0 && (shown.length > 0 || !tellsOf(message, positions)))
    shown.push(
      shown.length > 0 ? `and ${count(hidden, 'more', 'more')}` : `${count(hidden, 'further record')}`,
    );
  return shown.join(', ');
}

/** Whether the number stands in the message, and not as a part of another. */
function tellsOf(message: string, amount: number): boolean {
  return message.split(/[^\d,]+/).includes(formatNumber(amount));
}
