/** Completions of shells, out of the commands themselves: nothing is listed a second time. */
import type { Argument, Command, Option } from 'commander';
import { SEVERITIES } from '../model/finding.ts';
import { FORMATS } from '../report/index.ts';
import type { Shell } from './commands/completion.ts';

/** One command as a shell needs it. `path`: the words that lead to it, none for the program. */
type Completed = {
  path: string[];
  /** Commands below, and fixed words that an argument may be, with what they do. */
  words: { word: string; description: string }[];
  flags: CompletedFlag[];
};

/** `values`: what follows it; undefined when nothing does, empty when files do. */
type CompletedFlag = { names: string[]; description: string; values: readonly string[] | undefined };

/** What options take that have more than a few fixed words. */
const KNOWN_VALUES: Readonly<Record<string, readonly string[]>> = {
  '--format': FORMATS.map(({ name }) => name),
  '--fail-on': [...SEVERITIES, 'new'],
};

export function completionScript(program: Command, shell: Shell): string {
  const commands = collect(program, []);
  const lines = { bash: bashLines, zsh: zshLines, fish: fishLines }[shell](program.name(), commands);
  return `${lines.join('\n')}\n`;
}

function collect(command: Command, path: string[]): Completed[] {
  const below = command.commands.map((each) => ({ word: each.name(), description: each.description() }));
  const choices = command.registeredArguments.flatMap(({ argChoices, description }: Argument) =>
    (argChoices ?? []).map((word) => ({ word, description })),
  );
  const own = { path, words: [...below, ...choices], flags: command.options.map(toFlag) };
  return [own, ...command.commands.flatMap((each) => collect(each, [...path, each.name()]))];
}

function toFlag(option: Option): CompletedFlag {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const { description, required, optional, argChoices } = option;
  if (!required && !optional) return { names, description, values: undefined };
  return { names, description, values: argChoices ?? KNOWN_VALUES[option.long!] ?? [] };
}

function bashLines(name: string, commands: readonly Completed[]): string[] {
  const id = toId(name);
  const offer = (words: readonly string[]) => `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current"))`;
  return [
    `_${id}() {`,
    `  local word at="" previous="\${COMP_WORDS[COMP_CWORD-1]}" current="\${COMP_WORDS[COMP_CWORD]}"`,
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    ...followPath(commands),
    '  done',
    ...valueCases(commands, 'compopt -o default; COMPREPLY=()', offer),
    '  case "$at" in',
    ...commands.map((command) => {
      const known = knownWords(command).map(({ word }) => word);
      return `    '${pathOf(command.path)}') ${offer(known)} ;;`;
    }),
    '  esac',
    // Nothing of ours fits: a file.
    `  [ "\${#COMPREPLY[@]}" -gt 0 ] || compopt -o default`,
    '}',
    `complete -F _${id} ${name}`,
  ];
}

function zshLines(name: string, commands: readonly Completed[]): string[] {
  const id = toId(name);
  return [
    `#compdef ${name}`,
    `_${id}() {`,
    `  local word at="" previous="\${words[CURRENT-1]}"`,
    '  local -a known',
    `  for word in "\${(@)words[2,CURRENT-1]}"; do`,
    ...followPath(commands),
    '  done',
    ...valueCases(commands, '_files', (words) => `compadd -- ${words.join(' ')}`),
    '  case "$at" in',
    ...commands.map((command) => {
      const known = knownWords(command).map(({ word, description }) => quoted(`${word}:${description}`));
      return `    '${pathOf(command.path)}') known=(${known.join(' ')}) ;;`;
    }),
    '  esac',
    `  _describe ${name} known`,
    '  _files',
    '}',
    `compdef _${id} ${name}`,
  ];
}

/** The words so far, as far as they lead from command to command: options and their values lead nowhere. */
function followPath(commands: readonly Completed[]): string[] {
  const paths = commands.flatMap(({ path }) => (path.length > 0 ? [`'${pathOf(path)}'`] : []));
  return ['    case "$at $word" in', `      ${paths.join('|')}) at="$at $word" ;;`, '    esac'];
}

/** What follows an option that takes a value. */
function valueCases(
  commands: readonly Completed[],
  files: string,
  offer: (words: readonly string[]) => string,
): string[] {
  const cases = commands.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, values }) => {
      if (values === undefined) return [];
      const patterns = names.map((flag) => `'${pathOf(path)}|${flag}'`).join('|');
      return [`    ${patterns}) ${values.length === 0 ? files : offer(values)}; return ;;`];
    }),
  );
  return ['  case "$at|$previous" in', ...cases, '  esac'];
}

function knownWords({ words, flags }: Completed): { word: string; description: string }[] {
  return [
    ...words,
    ...flags.flatMap(({ names, description }) => names.map((word) => ({ word, description }))),
    { word: '--help', description: 'display help for command' },
  ];
}

function fishLines(name: string, commands: readonly Completed[]): string[] {
  const names = (at: readonly string[]) =>
    commands.flatMap(({ path }) =>
      path.length === at.length + 1 && at.every((word, index) => path[index] === word) ? [path.at(-1)!] : [],
    );
  return commands.flatMap(({ path, words, flags }) => {
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const others = names(path);
    const none = others.length > 0 ? [`not __fish_seen_subcommand_from ${others.join(' ')}`] : [];
    const when = `-n ${quoted([...seen, ...none].join('; and ') || 'true')}`;
    return [
      ...words.map(
        ({ word, description }) => `complete -c ${name} ${when} -f -a ${word} -d ${quoted(description)}`,
      ),
      ...flags.map(({ names: own, description, values }) => {
        const forms = own.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag[1]}`));
        const rest =
          values === undefined ? '' : values.length === 0 ? ' -r -F' : ` -x -a ${quoted(values.join(' '))}`;
        return `complete -c ${name} ${when} ${forms.join(' ')}${rest} -d ${quoted(description)}`;
      }),
    ];
  });
}

/** ` rules match`, as the scripts gather it word by word. */
function pathOf(path: readonly string[]): string {
  return path.map((word) => ` ${word}`).join('');
}

function toId(name: string): string {
  return name.replaceAll('-', '_');
}

/** In single quotes, for every one of the three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
