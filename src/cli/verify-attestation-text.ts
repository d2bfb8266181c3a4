/** `verify-attestation` as text and as JSON: who signed, when, proved by what; or what is wrong, and what to do. */
import {
  ATTESTATION_FAULTS,
  type AttestationJudgement,
  type AttestationKind,
} from '../attestation/judgement.ts';
import { formatInstant } from '../base/instant.ts';
import { escapeControls, escapeJson, truncate } from '../base/text-safety.ts';
import type { AttestationReport } from './verify-attestation.ts';

const KINDS: Readonly<Record<AttestationKind, string>> = {
  'sigstore-bundle': 'Sigstore bundle',
  'rfc3161-timestamp': 'RFC 3161 timestamp',
};

const VALUE_WIDTH = 300;

export function attestationText({ file, sha256, judgements }: AttestationReport): string {
  const blocks = judgements.map((judgement) => judgementLines(judgement).join('\n'));
  const totals = (['verified', 'refused', 'undetermined'] as const)
    .map((verdict) => `${judgements.filter((each) => each.verdict === verdict).length} ${verdict}`)
    .join(', ');
  return `${blocks.join('\n\n')}\n\nSummary\n  file          ${shown(file)}\n  sha256        ${sha256}\n  attestations  ${judgements.length} = ${totals}\n`;
}

function judgementLines({
  kind,
  name,
  verdict,
  by,
  at,
  proof,
  faults,
  facts,
}: AttestationJudgement): string[] {
  return [
    `${verdict}  ${shown(name)}  (${KINDS[kind]})`,
    ...(by === undefined ? [] : [row('signed by', by)]),
    ...(at === undefined ? [] : [row('no later than', formatInstant(at))]),
    ...(proof === undefined ? [] : [row('proved by', proof)]),
    // Of an attestation that does not hold, what it states about itself is not shown as if it did.
    ...(verdict === 'verified' ? facts.map((fact) => row(fact.name, fact.value)) : []),
    ...faults.flatMap(({ code, message }) => [
      `  ${code}: ${ATTESTATION_FAULTS[code].title}`,
      `    found: ${escapeControls(truncate(message, 1000))}`,
      `    next: ${ATTESTATION_FAULTS[code].next}`,
    ]),
  ];
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(14)}${shown(value)}`;
}

function shown(text: string): string {
  return escapeControls(truncate(text, VALUE_WIDTH));
}

export function attestationJson({ file, sha256, judgements }: AttestationReport): string {
  const report = {
    file,
    sha256,
    attestations: judgements.map(({ kind, name, verdict, by, at, proof, faults, facts }) => ({
      kind,
      name,
      verdict,
      by,
      at: at === undefined ? undefined : formatInstant(at),
      proof,
      faults: faults.map(({ code, message }) => ({
        code,
        title: ATTESTATION_FAULTS[code].title,
        message,
        next: ATTESTATION_FAULTS[code].next,
      })),
      ...(verdict === 'verified' && { facts }),
    })),
  };
  return `${escapeJson(JSON.stringify(report, undefined, 2))}\n`;
}
