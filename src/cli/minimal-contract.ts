/** The least that a license contract says: for whoever has none yet, and sees a contract for the first time. */

export const MINIMAL_CONTRACT = `contract: { id: C-1, licensor: Acme, timezone: UTC }
licenses:
  - id: editor
    covers: { feature: editor }
    measure: count seats over month
    quantity: [{ from: 2026-01-01, set: 25 }]
`;

const PAGE = 'docs/license-contract.md';

/** A note of several lines; an error is one line. */
export function contractNote(): string {
  const example = MINIMAL_CONTRACT.replace(/^/gm, '  ').trimEnd();
  return `note: a contract is a YAML file such as this one; ${PAGE} has the rest, "audit-check list measures" what vendors count:\n${example}\n`;
}
