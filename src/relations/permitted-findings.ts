/** The words of `permitted`. */
import type { FindingKind } from '../model/finding.ts';

export const SHADOW_ACCESS = {
  code: 'shadow-access',
  severity: 'high',
  title: 'access that no role allows',
  why: 'The system allowed what the roles do not: there is a way in that nobody reviews, or the roles on file are not the real ones.',
  fix: 'Find out by which right the access was allowed; take that right away, or write it into the roles.',
  controls: ['soc2:CC6.3', 'iso-27001-2022:A.5.15'],
} as const satisfies FindingKind;

export const UNKNOWN_SUBJECT = {
  code: 'unknown-subject',
  severity: 'high',
  title: 'somebody acted whom the roles do not know',
  why: 'An account outside the roles is reviewed by nobody: left over, shared, or made by an intruder.',
  fix: 'Find out whose account it is; give it a role, or close it.',
  controls: ['soc2:CC6.2', 'iso-27001-2022:A.5.16'],
} as const satisfies FindingKind;

export const DENIED_ATTEMPT = {
  code: 'denied-attempt',
  severity: 'informational',
  title: 'access was tried and refused',
  why: 'Refusals show that a control works; many of one person show a wrong role, or somebody who looks around.',
  fix: 'Ask what the access was wanted for, where it repeats.',
} as const satisfies FindingKind;

export const DISAGREEMENT = {
  code: 'decision-disagreement',
  severity: 'medium',
  title: 'the system refused what the roles allow',
  why: 'Roles on file and roles in force differ, or another policy stands in the way: reviews of the file then prove little.',
  fix: 'Export the roles anew, from the time of the log; then look for the policy that refused.',
} as const satisfies FindingKind;

export const CONFLICTING_DUTIES = {
  code: 'conflicting-duties',
  severity: 'high',
  title: 'one subject carried out both sides of a conflict',
  why: 'Duties are separated so that no one alone can both do and approve; here one did.',
  fix: 'Have the deeds checked by somebody else, and take one of the two roles away.',
  controls: ['soc2:CC5.1', 'iso-27001-2022:A.5.3'],
} as const satisfies FindingKind;

export const UNUSED_GRANT = {
  code: 'unused-grant',
  severity: 'low',
  title: 'rights that nobody used',
  why: 'A right that nobody needs serves only whoever takes over the account.',
  fix: 'Take it out of the role, or write down why it must stay.',
  controls: ['soc2:CC6.3', 'iso-27001-2022:A.8.2'],
} as const satisfies FindingKind;

export const PERMITTED_FINDINGS: readonly FindingKind[] = [
  SHADOW_ACCESS,
  UNKNOWN_SUBJECT,
  DENIED_ATTEMPT,
  DISAGREEMENT,
  CONFLICTING_DUTIES,
  UNUSED_GRANT,
];
