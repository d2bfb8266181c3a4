/** Controls of a framework, as far as logs can speak of them: each with what was looked at, and never a bare "compliant". */

/**
 * `passed`: everything that was asked was seen and nothing spoke against it. `failed`: the log shows a breach.
 * `undetermined`: the log, or this run, cannot tell. `excepted`: what speaks against it is waived, and somebody answers for
 * it; nothing else does. `not-assessable`: no log can tell.
 */
export type ControlStatus = (typeof CONTROL_STATUSES)[number];

/** The worst first: a control is worth what the worst of its checks is. */
export const CONTROL_STATUSES = ['failed', 'undetermined', 'excepted', 'not-assessable', 'passed'] as const;

/** Of no checks: no log can tell. */
export function statusOf(checks: readonly Pick<ControlCheck, 'status'>[]): ControlStatus {
  return CONTROL_STATUSES.find((status) => checks.some((each) => each.status === status)) ?? 'not-assessable';
}

/** How much of the control's requirement such checks can show at best. */
export type ControlStrength = 'strong' | 'partial' | 'none';

/** One thing that was looked at for a control. */
export type ControlCheck = {
  /** What was asked, in words: `every event names its actor`, `the oldest event is 12 months old`. */
  asks: string;
  status: ControlStatus;
  /** What it was asked of, and how many of them there were: events, days, sources, licenses. */
  population: { of: string; count: number };
  /** Fingerprints of the findings that speak against it (waived ones only where no others do), at most `MAX_CONTROL_FINDINGS`, and how many there are in all. */
  findings: string[];
  against: number;
  /** Why it is undetermined or not assessable, by which waivers it is excepted, or what was seen where it failed without a finding. */
  reason?: string;
};

export const MAX_CONTROL_FINDINGS = 20;

export type ControlResult = {
  /** The framework: `soc2`, `pci-dss-4`, as in the control names of findings. */
  pack: string;
  /** The control within it: `CC7.2`. */
  control: string;
  /** Its requirement in our own words. */
  title: string;
  strength: ControlStrength;
  status: ControlStatus;
  checks: ControlCheck[];
  /** For a control without checks: why logs do not show it. */
  reason?: string;
};

export type PackSummary = {
  name: string;
  title: string;
  version: string;
  /** ISO 8601 dates from which the framework's text is in force, and since when another one is. */
  effective: string;
  superseded?: string;
  /** Where the text is published. */
  url: string;
  file: string;
};
