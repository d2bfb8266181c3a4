/** Findings as SARIF results (§3.27). Log text is in the messages only, escaped: no snippets, logs hold personal data. */
import type { Location, Result } from 'sarif';
import { escapeControls, truncate } from '../../base/text-safety.ts';
import { alsoWords, wholeMessage } from '../../model/also-said.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { Place } from '../../model/place.ts';
import { describeWaiver } from '../parts/waiver-words.ts';
import type { ArtifactList } from './artifact-list.ts';
import { type Descriptors, LEVELS } from './descriptors.ts';
import { toSentence } from './message-text.ts';

export type ResultOptions = {
  /** Where a finding lies whose own place is none. */
  anchor(place: Place): Place;
  /** Whether results carry the rank (§3.27.25) that GitLab makes its severity of. */
  hasRank: boolean;
  maxRelated: number;
  /** Characters of log text in a message. */
  maxMessage: number;
};

/** The middles of the bands that GitLab has for a security severity, times ten. */
const RANK: Record<Severity, number> = { critical: 95, high: 80, medium: 55, low: 20, informational: 1 };

export function toResults(
  findings: readonly Finding[],
  descriptors: Descriptors,
  artifacts: ArtifactList,
  options: ResultOptions,
): Result[] {
  const occurrences = new Map<string, number>();
  return findings.map((finding) => {
    const occurrence = (occurrences.get(finding.fingerprint) ?? 0) + 1;
    occurrences.set(finding.fingerprint, occurrence);
    return toResult(finding, occurrence, descriptors, artifacts, options);
  });
}

/** What the baseline knows and this run did not find (§3.27.24): nothing is open, so it has no level. */
export function toAbsentResults(
  absent: readonly Finding[],
  descriptors: Descriptors,
  artifacts: ArtifactList,
): Result[] {
  return absent.map((finding) => ({
    ...descriptors.refer(finding),
    kind: 'informational',
    level: 'none',
    baselineState: 'absent',
    message: { text: toSentence(finding.message) },
    // The line is not known anymore: the first stands in, for validators ask for one (SARIF2017).
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifacts.locate(finding.place.file),
          region: { startLine: 1, startColumn: 1, endLine: 1 },
        },
      },
    ],
    partialFingerprints: toPrints(finding, 1),
    properties: { rule: escapeControls(finding.rule), code: escapeControls(finding.code) },
  }));
}

/** GitHub reads the first and wants its form, hash and number; it hashes the line itself only where there is none. */
function toPrints({ fingerprint }: Finding, occurrence: number): Record<string, string> {
  const own = escapeControls(fingerprint);
  return { primaryLocationLineHash: `${own}:${occurrence}`, 'auditCheck/v1': own };
}

function toResult(
  finding: Finding,
  occurrence: number,
  descriptors: Descriptors,
  artifacts: ArtifactList,
  { anchor, hasRank, maxRelated, maxMessage }: ResultOptions,
): Result {
  const { rule, code, severity, verdict, time, related = [], subject, count } = finding;
  const { waiver, lapsed, baseline } = finding;
  const place = anchor(finding.place);
  const lapse =
    lapsed === undefined ? '' : ` ${toSentence(`Its waiver ${lapsed.id} does not hold: ${lapsed.reason}`)}`;
  return {
    ...descriptors.refer(finding),
    // §3.27.10: whatever is no failure has level `none`.
    kind: verdict === 'violation' ? 'fail' : 'review',
    level: verdict === 'violation' ? LEVELS[severity] : 'none',
    ...(hasRank && { rank: RANK[severity] }),
    ...(baseline !== undefined && { baselineState: baseline }),
    // Text and no arguments: GitHub shows the text alone, and braces in log text must not become placeholders.
    message: { text: `${toSentence(truncate(wholeMessage(finding), maxMessage))}${lapse}` },
    locations: [{ physicalLocation: artifacts.toPhysicalLocation(place) }],
    ...(related.length > 0 && {
      relatedLocations: related.slice(0, maxRelated).map(
        (other, index): Location => ({
          id: index + 1,
          physicalLocation: artifacts.toPhysicalLocation(anchor(other)),
          message: { text: 'A record that belongs to the finding.' },
        }),
      ),
    }),
    partialFingerprints: toPrints(finding, occurrence),
    ...(count !== undefined && count > 0 && { occurrenceCount: count }),
    // §3.35: somebody accepted it, outside the log. What lapsed is none: a reader may take any for a reason to hide.
    ...(waiver !== undefined && {
      suppressions: [
        { kind: 'external', status: 'accepted', justification: escapeControls(describeWaiver(waiver)) },
      ],
    }),
    properties: {
      rule: escapeControls(rule),
      code: escapeControls(code),
      severity,
      verdict,
      ...(time !== undefined && { time: { from: time.from, until: time.until } }),
      ...(subject !== undefined && { subject: escapeControls(truncate(subject, maxMessage)) }),
      // Behind the message stands then what its further events say.
      ...(alsoWords(finding) !== undefined && { alsoSaid: true }),
      ...(lapsed !== undefined && {
        lapsed: { id: escapeControls(lapsed.id), reason: escapeControls(lapsed.reason) },
      }),
      ...(place !== finding.place && { file: escapeControls(finding.place.file) }),
      ...(related.length > maxRelated && { relatedLeftOut: related.length - maxRelated }),
    },
  };
}
