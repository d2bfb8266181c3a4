/** What `@sigstore/verify` throws, in our words. */
import { escapeControls, truncate } from '../base/text-safety.ts';
import { type AttestationFaultCode, AttestationFaultError } from './judgement.ts';

/** The library's reasons in our words. It stops at the first; what is asked before it is asked by us. */
const LIBRARY_FAULTS: Readonly<Record<string, AttestationFaultCode>> = {
  NOT_IMPLEMENTED_ERROR: 'unsupported-attestation',
  TLOG_ERROR: 'missing-log-proof',
  TLOG_INCLUSION_PROOF_ERROR: 'bad-log-proof',
  TLOG_INCLUSION_PROMISE_ERROR: 'bad-log-proof',
  TLOG_MISSING_INCLUSION_ERROR: 'missing-log-proof',
  TLOG_BODY_ERROR: 'other-log-entry',
  CERTIFICATE_ERROR: 'untrusted-certificate',
  PUBLIC_KEY_ERROR: 'wrong-signer',
  SIGNATURE_ERROR: 'bad-signature',
  TIMESTAMP_ERROR: 'unproved-time',
};

/** The library throws faults of its own, and plain errors for shapes that it did not expect: all are the bundle's. */
export function askLibrary<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof AttestationFaultError) throw error;
    const { code, message, cause } = error as {
      code?: unknown;
      message?: unknown;
      cause?: { message?: string };
    };
    const words = escapeControls(
      truncate(`${String(message)}${cause?.message === undefined ? '' : `: ${cause.message}`}`, 300),
    );
    const known = typeof code === 'string' ? LIBRARY_FAULTS[code] : undefined;
    if (known === undefined)
      throw new AttestationFaultError('malformed-attestation', `its parts do not fit together (${words})`);
    const isExpired = known === 'untrusted-certificate' && words.includes('not valid or expired');
    throw new AttestationFaultError(isExpired ? 'expired-certificate' : known, words);
  }
}
