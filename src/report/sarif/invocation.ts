/** How the run itself went, as a SARIF invocation (§3.20): inputs not read whole, rules that did not run, notices. */
import type { Invocation, Location, Notification } from 'sarif';
import { escapeControls } from '../../base/text-safety.ts';
import type { InputStatus, InputSummary, Notice, Report, RuleSummary } from '../../model/report.ts';
import type { ArtifactList } from './artifact-list.ts';
import { toSentence } from './message-text.ts';

const INPUT_LEVELS = {
  unreadable: 'error',
  partial: 'error',
  empty: 'warning',
  skipped: 'note',
} as const satisfies Partial<Record<InputStatus, string>>;

/** Descriptors are named by id and not listed: GitHub's rules want a help text for each, and the messages say it all. */
export function toInvocation(
  report: Report,
  artifacts: ArtifactList,
  leftOut: readonly string[],
  max: number,
): Invocation {
  const execution = [
    ...leftOut.map((text) => notify('left-out', 'note', text)),
    ...report.inputs.flatMap((input) => inputNotification(input, artifacts)),
    ...report.notices.map((notice) => noticeNotification(notice, artifacts)),
  ].slice(0, max);
  const configuration = report.rules.flatMap((rule) => ruleNotification(rule, artifacts)).slice(0, max);
  return {
    executionSuccessful: isSuccessful(report),
    ...(report.generated !== undefined && { endTimeUtc: toUtc(report.generated) }),
    ...(execution.length > 0 && { toolExecutionNotifications: execution }),
    ...(configuration.length > 0 && { toolConfigurationNotifications: configuration }),
  };
}

function inputNotification({ file, status, reason }: InputSummary, artifacts: ArtifactList): Notification[] {
  if (status === 'complete') return [];
  const message = `${file} is ${status}${reason ? `: ${reason}` : ''}`;
  const location = { physicalLocation: { artifactLocation: artifacts.locate(file) } };
  return [notify(`input-${status}`, INPUT_LEVELS[status], message, location)];
}

function noticeNotification({ code, message, place }: Notice, artifacts: ArtifactList): Notification {
  return notify(code, 'note', message, place && { physicalLocation: artifacts.toPhysicalLocation(place) });
}

function ruleNotification(
  { id, title, status, reason, file }: RuleSummary,
  artifacts: ArtifactList,
): Notification[] {
  if (status !== 'error' && status !== 'inert') return [];
  const message = `rule ${id} (${title}) ${status === 'error' ? 'did not run' : 'could not match'}${reason ? `: ${reason}` : ''}`;
  const location = { physicalLocation: { artifactLocation: artifacts.locate(file) } };
  return [notify(`rule-${status}`, status === 'error' ? 'error' : 'warning', message, location)];
}

function notify(code: string, level: Notification.level, message: string, location?: Location): Notification {
  return {
    descriptor: { id: escapeControls(code) },
    level,
    message: { text: toSentence(message) },
    ...(location && { locations: [location] }),
  };
}

/** Findings are a successful run; bytes that nobody saw, and rules that never ran, are not. */
function isSuccessful({ summary, inputs, rules }: Report): boolean {
  return (
    summary.verdict !== 'incomplete' &&
    !inputs.some(({ status }) => status === 'unreadable' || status === 'partial') &&
    !rules.some(({ status }) => status === 'error')
  );
}

/** §3.9: UTC, with `Z`. */
function toUtc(timestamp: string): string {
  return new Date(timestamp).toISOString();
}
