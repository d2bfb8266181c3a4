/** `audit-check doctor`: its options. */
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { RequestOptions } from '../request.ts';
import { requestOptions } from './options.ts';

export function addDoctor(program: Command, done: (code: ExitCode) => void): void {
  requestOptions(program.command('doctor'))
    .description('say what is wrong with this machine, this package or this configuration')
    .addHelpText(
      'after',
      `
Takes what "verify" takes, and audits nothing.

Exit codes:
  0  an audit can run
  2  something is wrong: each with what to do`,
    )
    .action(async (paths: string[], options: RequestOptions) => {
      const { doctor } = await import('../doctor.ts');
      done(await doctor(paths, options));
    });
}
