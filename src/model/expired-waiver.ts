/** The one code that waivers of rule files and those of a waivers file share. */
import type { FindingKind } from './finding.ts';

export const EXPIRED_WAIVER = {
  code: 'expired-waiver',
  severity: 'medium',
  title: 'waiver ended, and what it covered went on',
  why: 'An exception was granted until a day; after it the rule holds again, and somebody still acts as if it did not.',
  fix: 'End what the waiver was for, or have it granted anew by its owner, with a reason and an end.',
} as const satisfies FindingKind;
