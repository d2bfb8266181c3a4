/** `audit-check doctor`: its options. */
import type { Command } from 'commander';
import type { DoctorOptions } from '../doctor.ts';
import type { ExitCode } from '../exit-codes.ts';
import { requestOptions } from './options.ts';

export function addDoctor(program: Command, done: (code: ExitCode) => void): void {
  requestOptions(program.command('doctor'))
    .description('say what is wrong with this machine, this package or this configuration')
    .option('--waivers <file>', 'findings that are accepted for a time, as "verify" takes them')
    .option('--baseline <file>', 'findings that are known, as "verify" takes them')
    .addHelpText(
      'after',
      `
Takes what "verify" takes, and audits nothing.

Exit codes:
  0  an audit can run
  2  something is wrong: each with what to do`,
    )
    .action(async (paths: string[], options: DoctorOptions) => {
      const { doctor } = await import('../doctor.ts');
      done(await doctor(paths, options));
    });
}
