/** What a license says of its sessions, for the sessionizer. */
import type { License } from '../contract/contract.ts';

export type SessionOptions = {
  /** Nanoseconds a seat stays taken after its check-in. */
  linger: bigint;
  /** Nanoseconds after which a session without a check-in is over. */
  timeout?: bigint;
  /** Nanoseconds after which a borrowed session is over, if it was not given back before. */
  borrow?: bigint;
  /** Whether a restart ends sessions. */
  restarts?: boolean;
  /** Whether a session that nothing ended is in use by contract. */
  openIsInUse?: boolean;
};

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
