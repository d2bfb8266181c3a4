/** `audit-check init`: its options. */
import type { Command } from 'commander';

export function addInit(program: Command): void {
  program
    .command('init')
    .description('look at log folders and write a commented audit-check.yaml for them')
    .argument('<paths...>', 'files, folders and globs')
    .option('--force', 'replace an audit-check.yaml that is there', false)
    .action(async (paths: string[], { force }: { force: boolean }) => {
      const { init } = await import('../init.ts');
      process.stdout.write(await init(paths, force));
    });
}
