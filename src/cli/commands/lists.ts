/** `audit-check list` and `explain`: their options. */
import { Argument, type Command } from 'commander';
import { LISTS, type ListName } from '../list-names.ts';
import { repeatable } from './options.ts';

export function addLists(program: Command): void {
  program
    .command('list')
    .description('print what there is of one kind')
    .addArgument(new Argument('<kind>').choices(LISTS))
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', repeatable)
    .action(async (kind: ListName, { rules }: { rules?: string[] }) => {
      const { list } = await import('../list.ts');
      process.stdout.write(list(kind, rules ?? []));
    });
  program
    .command('explain')
    .description('say what a finding code, a rule or a control means, why it matters and what to do')
    .argument(
      '<code|rule|control>',
      'a code of a finding or a notice such as missing-field, the id, name or title of a rule, or a control such as soc2:CC7.2',
    )
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', repeatable)
    .action(async (name: string, { rules }: { rules?: string[] }) => {
      const { explain } = await import('../list.ts');
      process.stdout.write(explain(name, rules ?? []));
    });
}
