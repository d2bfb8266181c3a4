/** What `rules explain` says of a correlation before it comes to the steps. */
import { formatDuration } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { Correlation } from '../model/rule.ts';

/** What no single event shows: over which of them the rule looks, and how. */
export function correlationLines(rule: Correlation): string[] {
  const { type, groupNames, timespan, calendarUnit, condition, titles = rule.rules } = rule;
  const bounds = Object.entries(condition).map(([operator, bound]) => `${operator} ${bound}`);
  const window =
    calendarUnit === undefined
      ? timespan && `within ${formatDuration(timespan)}`
      : `in a calendar ${calendarUnit}`;
  const words = [
    `${type} of ${[...new Set(titles)].map((title) => quote(title)).join(', ')}`,
    groupNames.length === 0 ? undefined : `for each ${groupNames.join(', ')}`,
    window,
    bounds.length === 0 ? undefined : bounds.join(' and '),
  ];
  return [
    `rule    ${rule.title} (${rule.id}), ${rule.file}:${rule.line}`,
    `        ${words.filter(Boolean).join(', ')}`,
    '        it looks at several events; what one of them is to it, its steps tell:',
  ];
}
