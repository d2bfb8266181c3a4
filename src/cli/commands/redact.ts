/** `audit-check redact`: its options and its help. */
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { RedactOptions } from '../redact.ts';
import { repeatable } from './options.ts';

const REDACT_HELP = `
Only an archive that was collected with --salted can be redacted: its leaves are made of salted digests of the fields, so
that a value and its salt can go and the log still verifies.

A person (--person): every field that names one of the identifiers is erased from the archive itself, for good. A signed
tombstone says what was erased, when, by whom and why, and nothing of the person. Identifiers come from a file, one a line,
or from standard input (-), never as arguments: other users see those. Without --yes nothing is written: you see what
would be erased, by line of the list.

A role (--role): a copy of the archive without the fields that the policy withholds from the role. The archive stays as it
is. With --key the archive gets a signed record of the view.

  # policy.yaml
  roles:
    developer: {without: [actor_name, user.email, "*.ip"]}
    security: {}
    legal: {reason: required}

Examples:
  audit-check redact /srv/archive --person - --key archive.key --reason "GDPR art. 17, case 4711" --by "privacy office"
  audit-check redact /srv/archive --person ids.txt --key archive.key --reason "case 4711" --by "privacy office" --yes
  audit-check redact /srv/archive --policy policy.yaml --role developer --into /srv/developer-view
  audit-check verify /srv/developer-view --view developer --verifier-key archive.pub

Backups, snapshots, the exports that were collected and views made before still hold what was erased.

Exit codes:
  0  done, or with --person and without --yes: this is what would be done
  1  something of the person is left in the archive that cannot be erased; the places are printed
  2  wrong arguments, policy or keys, an archive that is not salted or does not verify
  70 internal error`;

export function addRedact(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('redact')
    .description('erase a person from a salted archive, or make a view of it for a role; both verify')
    .argument('<archive>', 'the folder of the archive')
    .option('--person <file>', 'what the person is called in the records, one a line; - for standard input')
    .option('--policy <file>', 'which fields each role may not see')
    .option('--role <name>', 'the role of the policy to make a view for')
    .option('--into <folder>', 'where the view goes; it must not be there yet')
    .option('--key <file>', 'the private key that signs the log of the archive')
    .option('--reason <text>', 'why; it is signed and stays, so it must not name the person')
    .option('--by <name>', 'who decided; it is signed and stays')
    .option('--identity <file>', 'age identities that decrypt the archive; repeatable', repeatable)
    .option(
      '--recipient <age1…>',
      'of an encrypted archive: encrypt for this recipient; repeatable',
      repeatable,
    )
    .option('--recipients-file <file>', 'of an encrypted archive: encrypt for these; repeatable', repeatable)
    .option('--yes', 'erase; without it nothing is written', false)
    .addHelpText('after', REDACT_HELP)
    .action(async (archive: string, options: RedactOptions) => {
      const { redact } = await import('../redact.ts');
      done(await redact(archive, options));
    });
}
