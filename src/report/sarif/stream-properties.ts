/** Streams and what their ranges are worth, in the property bag of a SARIF run (§3.8): the format has no place of its own. */
import { escapeControls } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import type { Report, StreamRange, StreamSummary } from '../../model/report.ts';
import { orderAssurance } from '../parts/ordered-report.ts';

/** GitHub refuses a log of more than 10 MB when packed; `--format json` has all of them. */
const MAX_STREAMS = 500;
const MAX_RANGES = 100;

export function toStreamProperties({ streams, summary }: Report): Record<string, unknown> {
  if (streams.length === 0) return {};
  return {
    ...(summary.assurance !== undefined && { assurance: orderAssurance(summary.assurance) }),
    streams: streams.slice(0, MAX_STREAMS).map(describeStream),
    ...(streams.length > MAX_STREAMS && { streamsLeftOut: streams.length - MAX_STREAMS }),
  };
}

function describeStream({ stream, profile, records, status, ranges, head, limits }: StreamSummary) {
  return {
    stream: escapeControls(stream),
    profile: profile === null ? null : escapeControls(profile),
    records,
    status,
    ranges: ranges.slice(0, MAX_RANGES).map(describeRange),
    ...(ranges.length > MAX_RANGES && { rangesLeftOut: ranges.length - MAX_RANGES }),
    ...(head !== undefined && { head: escapeControls(head) }),
    limits: limits.map(escapeControls),
  };
}

function describeRange({ assurance, records, from, until, reason, anchor }: StreamRange) {
  return {
    assurance,
    records,
    from: describePlace(from),
    until: describePlace(until),
    ...(reason !== undefined && { reason: escapeControls(reason) }),
    ...(anchor !== undefined && {
      anchor: {
        by: escapeControls(anchor.by),
        ...(anchor.at !== undefined && { at: escapeControls(anchor.at) }),
        checkpoint: escapeControls(anchor.checkpoint),
      },
    }),
  };
}

function describePlace({ file, line }: Place) {
  return { file: escapeControls(file), line };
}
