/** What a license says of its sessions, for the sessionizer. */
import type { License } from '../contract/contract.ts';
import type { SessionOptions } from './sessions.ts';

export function sessionOptions(license: License): SessionOptions {
  const { linger, missingCheckin, borrow } = license;
  return {
    linger,
    ...(isOpenInUse(license) && { openIsInUse: true }),
    ...(typeof missingCheckin === 'object' && { timeout: missingCheckin.after }),
    ...(borrow !== undefined && { borrow }),
    ...(missingCheckin === 'close-at-restart' && { restarts: true }),
  };
}

/** Whether a session that is open when the log ends is in use until then by contract; else it is a doubt. */
export function isOpenInUse({ missingCheckin }: License): boolean {
  return missingCheckin === 'in-use' || typeof missingCheckin === 'object';
}
