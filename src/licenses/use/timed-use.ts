/** Use with a readable time, which alone can be put in order. */
import type { LicenseUse, TimedUse } from './license-use.ts';

export function isTimed(use: LicenseUse): use is TimedUse {
  return use.time !== undefined;
}
