/** Options that several commands share, and what their exit codes say. */
import { type Command, Option } from 'commander';
import { SARIF_PROFILES } from '../../model/report.ts';

export const EXIT_HELP = `
Exit codes:
  0  clean: everything was read, nothing that --fail-on names was found
  1  findings that --fail-on names, by default those of medium and above
  2  wrong arguments, configuration or rules
  3  the audit is incomplete: input could not be read, or only by a guess at its fields, pages of an export are missing,
     a rule could not run, nothing could be audited, or there was no room to write
  70 internal error
  130 interrupted (Ctrl-C)`;

/** Options that may be given several times; absent until the first, so that help shows no empty default. */
export function repeatable(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Commander's own heading. */
const OTHERS = 'Options:';

/** Headings in help, in the order of what a person decides. What follows no heading of its own stands under the last. */
export const GROUP = {
  read: 'What is read:',
  held: 'What it is held to:',
  counts: 'What counts:',
  report: 'Report:',
  seals: 'Seals and archives:',
  evidence: 'For auditors:',
  run: 'The run:',
} as const;

/** What to read and what to hold it to: the same for every command that runs over logs. */
export function requestOptions(command: Command): Command {
  return command
    .argument(
      '[paths...]',
      'files, folders, globs, or - for standard input; by default "logs" of audit-check.yaml',
    )
    .optionsGroup(GROUP.read)
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'source of every file, instead of detection')
    .option('--zone <zone>', "time zone of text logs whose times state none, as Europe/Berlin: the server's")
    .option('--since <time>', 'leave out events before this date or time')
    .option('--until <time>', 'leave out events at or after this date or time')
    .option('--exclude <glob>', 'files in folders that are not read; repeatable', repeatable)
    .optionsGroup(GROUP.held)
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', repeatable)
    .option('--no-builtin-rules', 'leave out the rules that come with audit-check')
    .option(
      '--schema <name|file>',
      'audit-minimum (unless others are named), audit-full, or a JSON Schema file; repeatable',
      repeatable,
    )
    .option('--chain <profile>', 'chain profile of every stream, instead of detection')
    .option(
      '--public-keys <file>',
      'verify CloudTrail digests with what "aws cloudtrail list-public-keys" printed; repeatable',
      repeatable,
    )
    .option(
      '--pack <name|file>',
      'hold the logs to the controls of a framework, see "list packs"; repeatable, or joined by commas',
      repeatable,
    )
    .option('--licenses <file>', 'license contract to measure use against')
    .optionsGroup(GROUP.counts)
    .option(
      '--fail-on <condition>',
      'what makes the exit code 1: the least severity, new, new:SEVERITY, control:ID or notice:CODE; repeatable',
      repeatable,
    )
    .option(
      '--now <time>',
      'the time to print in the report; without it, and without SOURCE_DATE_EPOCH, none',
    )
    .optionsGroup(OTHERS);
}

/** Of the options of a request those that say how a record is read and which rules there are. */
export function ruleOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', repeatable)
    .option('--no-builtin-rules', 'leave out the rules that come with audit-check')
    .option('--source <name>', 'source of the file, instead of detection');
}

/** What says how a file is cut into records. */
export function framingOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'source of every file, instead of detection');
}

/** How a report is rendered, and where to. */
export function outputOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.report)
    .option(
      '-f, --format <format[=path]>',
      'text, json, sarif …, see "list formats"; repeatable, with a path into a file',
      repeatable,
    )
    .addOption(
      new Option('--sarif-profile <reader>', 'who is going to read the SARIF log').choices(SARIF_PROFILES),
    )
    .addOption(
      new Option('--color <when>', 'color on stdout').choices(['auto', 'always', 'never']).default('auto'),
    )
    .optionsGroup(OTHERS);
}
