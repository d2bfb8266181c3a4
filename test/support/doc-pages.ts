/** Reference pages out of the members themselves: commands, configuration, checks. Tests only. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CHECKS } from '../../src/checks/index.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { findingSpeakers } from '../../src/engine/finding-kinds.ts';
import { NOTICE_KINDS, type NoticeKind } from '../../src/engine/notice-kinds.ts';
import { FORMATS } from '../../src/report/index.ts';

const NOTE = '<!-- Written by `UPDATE=1 npm test`. -->';

/** Every command's own help, as a terminal of 100 columns shows it. */
export function renderCliPage(): string {
  const program = buildProgram(() => undefined);
  const formats = FORMATS.map(({ name, title }) => `| \`${name}\` | ${title} |`);
  return page(
    'Commands',
    'What `audit-check COMMAND --help` prints, for every command.',
    ...helpOf(program, []),
    '## Formats of `verify`',
    `| format | |\n|---|---|\n${formats.join('\n')}`,
  );
}

function helpOf(command: Command, path: readonly string[]): string[] {
  const words = [...path, command.name()];
  const heading = `${'#'.repeat(Math.min(words.length, 3) + 1)} ${words.join(' ')}`;
  const below = command.commands.flatMap((each) => helpOf(each, words));
  return [heading, `\`\`\`text\n${capturedHelp(command)}\n\`\`\``, ...below];
}

/** With what `addHelpText` adds, which `helpInformation()` leaves out. */
function capturedHelp(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}

type Schema = {
  description?: string;
  type?: string;
  enum?: unknown[];
  default?: unknown;
  $ref?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
};

/** Every key of `audit-check.yaml`, from its JSON Schema. */
export function renderConfigPage(): string {
  const url = new URL('../../rules/schemas/config.schema.json', import.meta.url);
  const schema = JSON.parse(readFileSync(url, 'utf8')) as Schema;
  return page(
    'Configuration',
    `\`audit-check.yaml\`, found from the working directory upward. ${schema.description!} Editors take the [JSON Schema](../rules/schemas/config.schema.json).`,
    `| key | value | |\n|---|---|---|\n${keyRows(schema, '').join('\n')}`,
  );
}

function keyRows({ properties = {}, additionalProperties }: Schema, prefix: string): string[] {
  const open: [string, Schema][] =
    typeof additionalProperties === 'object' ? [['NAME', additionalProperties]] : [];
  return [...Object.entries(properties), ...open].flatMap(([key, schema]) => [
    `| \`${prefix}${key}\` | ${wantedValue(schema)} | ${cell(schema.description ?? '')} |`,
    ...keyRows(schema, `${prefix}${key}.`),
  ]);
}

function wantedValue({ $ref, type, enum: words, default: usual }: Schema): string {
  const what = $ref === undefined ? (words?.join(', ') ?? type ?? '') : 'a text or a list of texts';
  return cell(usual === undefined ? what : `${what}; default \`${usual}\``);
}

/** Every finding that a report can carry, by who speaks it. */
export function renderChecksPage(): string {
  const titles = new Map(CHECKS.map(({ name, title }) => [name, title]));
  const sections = findingSpeakers().flatMap(({ speaker, kinds }) => {
    const rows = kinds.map(({ code, severity, title, why, fix, controls = [] }) =>
      [`\`${code}\``, severity, `**${cell(title)}.** ${cell(why)} ${cell(fix)}`, controls.join(', ')].join(
        ' | ',
      ),
    );
    const title = titles.get(speaker);
    return [
      `## ${speaker}`,
      ...(title === undefined ? [] : [`${title[0]!.toUpperCase()}${title.slice(1)}.`]),
      `| code | severity | what, why, what to do | controls |\n|---|---|---|---|\n${rows.map((row) => `| ${row} |`).join('\n')}`,
    ];
  });
  return page(
    'Checks and their findings',
    '`audit-check explain CODE` prints the same. Rules have [a page of their own](rules.md).',
    ...sections,
    '## Notices',
    'What a report tells beside its findings. It counts for no verdict unless `--fail-on notice:CODE` names it, but `more-pages` and `nothing-verified` tell why a run is incomplete.',
    `| code | what, why and what to do |\n|---|---|\n${NOTICE_KINDS.map(noticeRow).join('\n')}`,
  );
}

function noticeRow({ code, title, why, fix }: NoticeKind): string {
  return `| \`${code}\` | **${cell(title)}.** ${cell(why)} ${cell(fix)} |`;
}

function page(title: string, ...parts: string[]): string {
  return `${[`# ${title}`, NOTE, ...parts].join('\n\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
