/** Findings as SARIF results (§3.27). Log text is in the messages only, escaped: no snippets, logs hold personal data. */
import type { Location, Result } from 'sarif';
import { escapeControls } from '../../base/text-safety.ts';
import type { Finding } from '../../model/finding.ts';
import { describeLapse, describeWaiver } from '../parts/waiver-words.ts';
import type { ArtifactList } from './artifact-list.ts';
import { type Descriptors, LEVELS } from './descriptors.ts';
import { toSentence } from './message-text.ts';

export function toResults(
  findings: readonly Finding[],
  descriptors: Descriptors,
  artifacts: ArtifactList,
): Result[] {
  const occurrences = new Map<string, number>();
  return findings.map((finding) => {
    const occurrence = (occurrences.get(finding.fingerprint) ?? 0) + 1;
    occurrences.set(finding.fingerprint, occurrence);
    return toResult(finding, occurrence, descriptors, artifacts);
  });
}

function toResult(
  finding: Finding,
  occurrence: number,
  descriptors: Descriptors,
  artifacts: ArtifactList,
): Result {
  const { rule, code, severity, verdict, place, related = [], message, subject, count } = finding;
  const fingerprint = escapeControls(finding.fingerprint);
  const { waiver, lapsed } = finding;
  return {
    ...descriptors.refer(finding),
    // §3.27.10: whatever is no failure has level `none`.
    kind: verdict === 'violation' ? 'fail' : 'review',
    level: verdict === 'violation' ? LEVELS[severity] : 'none',
    // Text and no arguments: GitHub shows the text alone, and braces in log text must not become placeholders.
    message: { text: toSentence(message) },
    locations: [{ physicalLocation: artifacts.toPhysicalLocation(place) }],
    ...(related.length > 0 && {
      relatedLocations: related.map(
        (other, index): Location => ({
          id: index + 1,
          physicalLocation: artifacts.toPhysicalLocation(other),
          message: { text: 'A record that belongs to the finding.' },
        }),
      ),
    }),
    // GitHub reads the first and wants its form, hash and number; it hashes the line itself only where there is none.
    partialFingerprints: {
      primaryLocationLineHash: `${fingerprint}:${occurrence}`,
      'auditCheck/v1': fingerprint,
    },
    ...(count !== undefined && count > 0 && { occurrenceCount: count }),
    // §3.35: somebody accepted it, outside the log.
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
      ...(subject !== undefined && { subject: escapeControls(subject) }),
      ...(lapsed !== undefined && { lapsed: escapeControls(describeLapse(lapsed)) }),
    },
  };
}
