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

/** Whether a session is in use until something ends it, and needs no check-in to prove that. */
export function isProvenAlike({ timeout, openIsInUse = false }: SessionOptions): boolean {
  return timeout !== undefined || openIsInUse;
}

/** Whether a session may end without a check-in. */
export function isEnding({ restarts = false, timeout, borrow }: SessionOptions): boolean {
  return restarts || timeout !== undefined || borrow !== undefined;
}
