/** What `audit-check verify-attestation --help` says after its options. */

export const VERIFY_ATTESTATION_HELP = `
Tells whether somebody you trust vouches for exactly the bytes of FILE: a checkpoint, a JSON report, or any file. Without
--bundle and --timestamp, the files beside it are taken: FILE.sigstore.json, FILE.sigstore, FILE.tsr, FILE.tst.
Nothing is fetched: what you trust is given as files, and never taken from the attestation itself. Whether a certificate
was revoked is not asked.

Sigstore bundles (cosign sign-blob --bundle, GitHub attestations; versions 0.1 to 0.3) need
  --trusted-root FILE                 trusted_root.json of the instance: gh attestation trusted-root, cosign trusted-root
  --identity NAME --issuer URL        who must have signed, to the letter; or
  --key FILE                          the public key that must have signed

RFC 3161 timestamps (openssl ts -reply; a response or the bare token, DER) need
  --ca FILE                           certificates of the authority (PEM), from its own site

Examples:
  audit-check verify-attestation checkpoint --ca tsa-root.pem
  audit-check verify-attestation report.json --bundle report.json.sigstore.json --trusted-root trusted_root.json \\
      --identity ann@example.com --issuer https://accounts.google.com
  audit-check verify-attestation checkpoint --timestamp checkpoint.tsr --ca tsa-root.pem -f json

Exit codes:
  0  every attestation is verified
  1  an attestation is refused: other bytes, another signer, a bad signature, chain, time or log proof
  2  wrong arguments, or a file of trust that cannot be used
  3  an attestation cannot be judged: nothing to hold it to, or a version that audit-check does not know`;
