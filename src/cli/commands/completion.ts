/** `audit-check completion`: its options. */
import { Argument, type Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print what makes a shell complete commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(audit-check completion bash)                        in ~/.bashrc
  source <(audit-check completion zsh)                         in ~/.zshrc, after compinit
  audit-check completion fish > ~/.config/fish/completions/audit-check.fish`,
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion.ts');
      process.stdout.write(completionScript(program, shell));
    });
}
