/** `audit-check key`, `seal`, `prove` and `verify-proof`: their options. */
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { ProveOptions } from '../prove.ts';
import type { SealOptions } from '../seal.ts';
import { PROVE_HELP, SEAL_HELP, VERIFY_PROOF_HELP } from '../seal-help.ts';
import type { VerifyProofOptions } from '../verify-proof.ts';
import { framingOptions, repeatable } from './options.ts';

export function addSealing(program: Command, done: (code: ExitCode) => void): void {
  const key = program.command('key').description('keys that sign checkpoints of sealed logs: generate, show');
  key
    .command('generate')
    .description(
      'write a new private key, readable by you alone, and print the verifier key to give to others',
    )
    .argument('<name>', 'the name of the log it signs for, such as logs.example/payments')
    .requiredOption('--out <file>', 'the private key; never over a file that is there')
    .action(async (name: string, { out }: { out: string }) => {
      const { generateKeyFile } = await import('../key-command.ts');
      process.stdout.write(generateKeyFile(name, out));
    });
  key
    .command('show')
    .description('print the verifier key of a private key')
    .argument('<file>', 'a private key, or verifier keys to be checked')
    .action(async (file: string) => {
      const { showKey } = await import('../key-command.ts');
      process.stdout.write(showKey(file));
    });
  framingOptions(program.command('seal'))
    .description('append the records of logs to a signed, tiled log: what they were cannot be changed unseen')
    .argument('[paths...]', 'files, folders and globs; by default "logs" of audit-check.yaml')
    .requiredOption('--into <dir>', 'the folder of the sealed log')
    .requiredOption('--key <file>', 'the private key that signs')
    .option('--origin <name>', 'the name of the log; it is the name of the key')
    .option(
      '--publish <target>',
      'where the checkpoint goes too: a folder, stdout or git-message; repeatable',
      repeatable,
    )
    .option('--exclude <glob>', 'files in folders that are not sealed; repeatable', repeatable)
    .addHelpText('after', SEAL_HELP)
    .action(async (paths: string[], options: SealOptions) => {
      const { seal } = await import('../seal.ts');
      done(await seal(paths, options));
    });
  framingOptions(program.command('prove'))
    .description('write a proof that one record was sealed, which others can check without the log')
    .option('--record <file:line>', 'the record: a log file, and the line it begins on')
    .option('--index <number>', 'the record by its number in the sealed log, from 0')
    .requiredOption('--log <dir>', 'the folder of the sealed log')
    .option('--out <file>', 'the proof, *.tlog-proof; by default it goes to stdout')
    .addHelpText('after', PROVE_HELP)
    .action(async (options: ProveOptions) => {
      const { prove } = await import('../prove.ts');
      done(await prove(options));
    });
  framingOptions(program.command('verify-proof'))
    .description('check that a record was sealed, by its proof and a key or policy; the log is not needed')
    .argument('<proof>', 'a *.tlog-proof file')
    .requiredOption('--record <file>', 'the record: a file of its own, - or FILE:LINE')
    .option('--verifier-key <file>', 'verifier keys, one a line; repeatable', repeatable)
    .option('--policy <file>', 'logs and witnesses that have to have signed (c2sp.org/tlog-policy)')
    .addHelpText('after', VERIFY_PROOF_HELP)
    .action(async (file: string, options: VerifyProofOptions) => {
      const { verifyProof } = await import('../verify-proof.ts');
      done(await verifyProof(file, options));
    });
}
