/** `audit-check verify-attestation`: its options. */
import { type Command, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { VerifyAttestationOptions } from '../verify-attestation.ts';
import { VERIFY_ATTESTATION_HELP } from '../verify-attestation-help.ts';
import { repeatable } from './options.ts';

export function addVerifyAttestation(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('verify-attestation')
    .description(
      'tell who vouches for a file and since when: Sigstore bundles and RFC 3161 timestamps, offline',
    )
    .argument('<file>', 'what is vouched for: a checkpoint, a report, any file')
    .option('--bundle <file>', 'Sigstore bundle; repeatable', repeatable)
    .option('--trusted-root <file>', 'trusted_root.json of the Sigstore instance')
    .option('--identity <name>', 'who must have signed the bundle: address or URL, to the letter')
    .option('--issuer <url>', 'who must have identified the signer')
    .option('--key <file>', 'public key (PEM) that must have signed the bundle, instead of an identity')
    .option('--timestamp <file>', 'RFC 3161 response or token (DER); repeatable', repeatable)
    .option('--ca <file>', 'certificates (PEM) of timestamp authorities you trust; repeatable', repeatable)
    .addOption(
      new Option('-f, --format <name>', 'of what is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', VERIFY_ATTESTATION_HELP)
    .action(async (file: string, options: VerifyAttestationOptions) => {
      const { verifyAttestation } = await import('../verify-attestation.ts');
      done(await verifyAttestation(file, options));
    });
}
