/** Numbers of the RLM report log as words. A number that is not listed keeps its number and has no word. */

/** Why a license came back (IN) or left the queue (DEQUE): "check-in" in the manual's chapter on the report log. */
const RETURN_REASONS: Readonly<Record<string, string>> = {
  '1': 'normal',
  '2': 'application-exited',
  '3': 'removed-by-administrator',
  '4': 'timed-out',
  '5': 'hold-expired',
  '6': 'dequeued-by-client',
  '7': 'portable-hostid-removed',
  '8': 'failed-host-back-up',
  '9': 'transferred-licenses-lost',
  '10': 'meter-ran-out',
  '11': 'heartbeat-missed',
  '12': 'temporary-license-expired',
  '13': 'temporary-license-returned',
};

/** Why a check-out was denied: the RLM_EL_ status values of the manual, which the log writes as negative numbers. */
const DENIAL_REASONS: Readonly<Record<string, string>> = {
  '-1': 'no-such-product',
  '-2': 'other-vendor',
  '-3': 'expired',
  '-4': 'wrong-host',
  '-5': 'bad-signature',
  '-6': 'version-not-supported',
  '-7': 'bad-date',
  '-8': 'more-than-issued',
  '-10': 'excluded',
  '-11': 'excluded',
  '-12': 'not-included',
  '-13': 'not-included',
  '-14': 'over-maximum',
  '-15': 'removed-by-administrator',
  '-22': 'all-in-use',
  '-24': 'timed-out',
  '-25': 'queued',
  '-27': 'roam-too-long',
  '-29': 'excluded-from-roaming',
  '-30': 'not-included-in-roaming',
  '-31': 'too-many-roaming',
  '-32': 'expires-before-roam-ends',
  '-35': 'wrong-platform',
  '-36': 'wrong-time-zone',
  '-37': 'not-started',
  '-39': 'over-soft-limit',
  '-40': 'clock-set-back',
  '-45': 'no-named-user',
  '-54': 'meter-too-low',
};

export function reasonOf(kind: string, why: string | undefined): string | undefined {
  if (why === undefined) return undefined;
  const reasons = kind === 'DENY' ? DENIAL_REASONS : RETURN_REASONS;
  return Object.hasOwn(reasons, why) ? reasons[why] : undefined;
}
