/**
 * Annotations of a GitHub Actions step, as workflow commands on stdout:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import { count, escapeControls, formatNumber, truncate } from '../base/text-safety.ts';
import { wholeMessage } from '../model/also-said.ts';
import type { Finding } from '../model/finding.ts';
import type { Report, ReportFormat } from '../model/report.ts';
import { type FindingGroup, filesOf, groupFindings } from './parts/finding-groups.ts';
import { describeIncomplete } from './parts/incomplete.ts';
import { explainVerdict } from './parts/verdict-words.ts';

/** GitHub shows ten errors and ten warnings a step, ten notices, fifty a job, and says nothing of the rest. */
const MAX_SHOWN = 10;
/** Characters; a longer message loses its end without a word. */
const MAX_MESSAGE = 2_000;
const MAX_TITLE = 200;

type Level = 'error' | 'warning' | 'notice';
type Annotation = { level: Level; title: string; message: string; place?: { file: string; line: number } };

export const github: ReportFormat = {
  name: 'github',
  title: 'annotations of a GitHub Actions step, on stdout',
  render(report) {
    const annotations = [...incompleteAnnotations(report), ...groupFindings(report).flatMap(annotate)];
    const lines = (['error', 'warning', 'notice'] as const).flatMap((level) =>
      withinCap(
        level,
        annotations.filter((each) => each.level === level),
      ).map(toCommand),
    );
    const verdict = escapeControls(`${report.summary.verdict}: ${explainVerdict(report)}`);
    return `${[...lines, verdict].join('\n')}\n`;
  },
};

/** First of all: what was not audited. */
function incompleteAnnotations(report: Report): Annotation[] {
  const incomplete = describeIncomplete(report);
  if (incomplete === undefined) return [];
  const { title, message, file } = incomplete;
  const place = file === undefined ? {} : { place: { file, line: 1 } };
  return [{ level: 'error', title, message: escapeControls(message), ...place }];
}

/** One for all findings of a kind, at the worst of them: what is waived needs nobody's eye. */
function annotate({ words, code, findings }: FindingGroup): Annotation[] {
  const open = findings.filter(({ waiver }) => waiver === undefined);
  const [first] = open;
  if (first === undefined) return [];
  const files = filesOf(open);
  const more =
    open.length === 1
      ? ''
      : `\nand ${count(open.length - 1, 'more', 'more')} of this kind${files === 1 ? '' : ` in ${count(files, 'file')}`}`;
  const help = words.fix === '' ? '' : `\nhelp: ${escapeControls(truncate(words.fix, MAX_MESSAGE))}`;
  return [
    {
      level: toLevel(first),
      title: words.rule === undefined ? `${code}: ${words.title}` : words.title,
      message: `${escapeControls(truncate(wholeMessage(first), MAX_MESSAGE))}${more}${help}`,
      place: { file: first.place.file, line: Math.max(1, first.place.line) },
    },
  ];
}

/** What the log cannot tell is no error. */
function toLevel({ severity, verdict }: Finding): Level {
  if (severity === 'critical' || severity === 'high') return verdict === 'violation' ? 'error' : 'warning';
  return severity === 'medium' && verdict === 'violation' ? 'warning' : 'notice';
}

function withinCap(level: Level, annotations: readonly Annotation[]): Annotation[] {
  if (annotations.length <= MAX_SHOWN) return [...annotations];
  const rest = annotations.slice(MAX_SHOWN - 1);
  const names = rest.map(({ title }) => escapeControls(truncate(title, MAX_TITLE))).join(', ');
  const title = `${formatNumber(rest.length)} more kinds of findings`;
  const message = `${truncate(names, MAX_MESSAGE)}\nGitHub shows ${MAX_SHOWN} of a level for a step`;
  return [...annotations.slice(0, MAX_SHOWN - 1), { level, title, message }];
}

function toCommand({ level, title, message, place }: Annotation): string {
  const properties = [
    ...(place === undefined ? [] : [`file=${toProperty(place.file)}`, `line=${place.line}`]),
    `title=${toProperty(truncate(title, MAX_TITLE))}`,
  ];
  return `::${level} ${properties.join(',')}::${toData(message)}`;
}

/** Line breaks are ours: text of a log had its own escaped before. */
function toData(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeControls(line).replaceAll('%', '%25'))
    .join('%0A');
}

function toProperty(text: string): string {
  return toData(text.replaceAll('\n', '\\u{a}')).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
