/** The command line: commands, options, and the three roads out (report, problems, fault of ours). */
import { Argument, Command, CommanderError, Option } from 'commander';
import { escapeControls } from '../base/text-safety.ts';
import { SEVERITIES } from '../model/finding.ts';
import { formatProblem, ProblemsError } from '../model/problem.ts';
import type { AccessOptions } from './access.ts';
import { ACCESS_HELP } from './access-help.ts';
import { addChain } from './chain-command.ts';
import type { CollectOptions } from './collect.ts';
import { COLLECT_HELP } from './collect-help.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { LISTS, type ListName } from './list-names.ts';
import type { ProveOptions } from './prove.ts';
import { addRedact } from './redact-command.ts';
import type { MatchOptions, TestOptions } from './rules-command.ts';
import type { ConvertOptions } from './rules-convert.ts';
import type { CoverageOptions } from './rules-coverage.ts';
import type { ExplainOptions } from './rules-explain.ts';
import type { LintOptions } from './rules-lint.ts';
import type { SealOptions } from './seal.ts';
import { PROVE_HELP, SEAL_HELP, VERIFY_PROOF_HELP } from './seal-help.ts';
import { TOOL } from './tool.ts';
import type { VerifyOptions } from './verify.ts';
import type { VerifyAttestationOptions } from './verify-attestation.ts';
import { VERIFY_ATTESTATION_HELP } from './verify-attestation-help.ts';
import type { VerifyProofOptions } from './verify-proof.ts';

const EXIT_HELP = `
Exit codes:
  0  clean: everything was read, nothing at or above --fail-on was found
  1  findings at or above --fail-on
  2  wrong arguments, configuration or rules
  3  the audit is incomplete: input could not be read, or nothing could be audited
  70 internal error
  130 interrupted (Ctrl-C)`;

/** Runs one command and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await run(argv);
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  process.stdout.on('error', ignoreClosedPipe);
  let exit: ExitCode = EXIT.clean;
  const program = buildProgram((code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...argv]);
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    if (error instanceof ProblemsError) {
      const lines = error.problems.map((problem) => `error: ${escapeControls(formatProblem(problem))}`);
      process.stderr.write(`${lines.join('\n')}\n`);
      return EXIT.usage;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `internal error: ${text}\nThis is a fault of audit-check, not of your logs; please report it.\n`,
    );
    return EXIT.internal;
  }
}

/** `audit-check … | head` closes the pipe early; that is the reader's right. A full disk is not. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`internal error: the report could not be written: ${error.code}\n`);
  process.exit(EXIT.internal);
}

/** Options that may be given several times; absent until the first, so that help shows no empty default. */
function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

function buildProgram(done: (code: ExitCode) => void): Command {
  const program = new Command(TOOL.name)
    .description(
      'Proves from exported audit logs that nobody tampered, every event is complete, policies were kept and licenses were not exceeded.',
    )
    .version(TOOL.version)
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXIT_HELP);

  addVerify(program, done);
  addInit(program);
  addLists(program);
  addRules(program, done);
  addSources(program);
  addAccess(program, done);
  addVerifyAttestation(program, done);
  addSealing(program, done);
  addCollect(program, done);
  addRedact(program, done);
  addChain(program, done);
  return program;
}

function addVerify(program: Command, done: (code: ExitCode) => void): void {
  requestOptions(program.command('verify'))
    .description('audit log files and folders, print the report')
    .option(
      '-f, --format <format[=path]>',
      'text, json, ndjson or sarif; repeatable, with a path into a file',
      collect,
      [],
    )
    .option('-q, --quiet', 'print no report on stdout, and no progress', false)
    .option('-j, --jobs <number>', 'threads that scan; by default as many as processors are free')
    .option('--state <folder>', 'keep what was learned there; the next run reads only what was appended')
    .option(
      '--checkpoint <file|dir>',
      'signed checkpoint, folder of them, sealed log, or -: the log must still be what it covers; repeatable',
      collect,
    )
    .option(
      '--verifier-key <file>',
      'whose signature of a checkpoint counts, one key a line; repeatable',
      collect,
    )
    .option('--identity <file>', 'age identities that decrypt an archive; repeatable', collect)
    .option('--view <role>', 'what is audited is a view of an archive for this role, not the archive')
    .option('--policy <file>', 'logs and witnesses that have to have signed it (c2sp.org/tlog-policy)')
    .option('--evidence-file <file>', 'where both checkpoints of a fork are written')
    .option('--stats', 'print time by stage, rates and memory on stderr', false)
    .addOption(
      new Option('--color <when>', 'colour on stdout').choices(['auto', 'always', 'never']).default('auto'),
    )
    .addHelpText('after', EXIT_HELP)
    .action(async (paths: string[], options: VerifyOptions) => {
      const { verify } = await import('./verify.ts');
      done(await verify(paths, options));
    });
}

/** What to read and what to hold it to: the same for every command that runs over logs. */
function requestOptions(command: Command): Command {
  return command
    .argument(
      '[paths...]',
      'files, folders, globs, or - for standard input; by default "logs" of audit-check.yaml',
    )
    .addOption(
      new Option('--fail-on <severity>', 'least severity that makes the exit code 1').choices(SEVERITIES),
    )
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', collect)
    .option('--no-builtin-rules', 'leave out the rules that come with audit-check')
    .option('--schema <name|file>', 'audit-minimum, audit-full, or a JSON Schema file; repeatable', collect)
    .option('--chain <profile>', 'chain profile of every stream, instead of detection')
    .option(
      '--public-keys <file>',
      'verify CloudTrail digests with what "aws cloudtrail list-public-keys" printed; repeatable',
      collect,
    )
    .option('--licenses <file>', 'license contract to measure use against')
    .option('--source <name>', 'source of every file, instead of detection')
    .option('--since <time>', 'leave out events before this date or time')
    .option('--until <time>', 'leave out events at or after this date or time')
    .option(
      '--now <time>',
      'the time to print in the report; without it, and without SOURCE_DATE_EPOCH, none',
    )
    .option('--exclude <glob>', 'files in folders that are not read; repeatable', collect);
}

/** Of the options of a request those that say how a record is read and which rules there are. */
function ruleOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', collect)
    .option('--no-builtin-rules', 'leave out the rules that come with audit-check')
    .option('--source <name>', 'source of the file, instead of detection');
}

function addInit(program: Command): void {
  program
    .command('init')
    .description('look at log folders and write a commented audit-check.yaml for them')
    .argument('<paths...>', 'files, folders and globs')
    .option('--force', 'replace an audit-check.yaml that is there', false)
    .action(async (paths: string[], { force }: { force: boolean }) => {
      const { init } = await import('./init.ts');
      process.stdout.write(await init(paths, force));
    });
}

function addLists(program: Command): void {
  program
    .command('list')
    .description('print what there is of one kind')
    .addArgument(new Argument('<kind>').choices(LISTS))
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', collect)
    .action(async (kind: ListName, { rules }: { rules?: string[] }) => {
      const { list } = await import('./list.ts');
      process.stdout.write(list(kind, rules ?? []));
    });
  program
    .command('explain')
    .description('say what a finding code or a rule means, why it matters and what to do')
    .argument('<code|rule>', 'a code such as missing-field, or the id, name or title of a rule')
    .option('-r, --rules <path>', 'rules of your own, file or folder; repeatable', collect)
    .action(async (name: string, { rules }: { rules?: string[] }) => {
      const { explain } = await import('./list.ts');
      process.stdout.write(explain(name, rules ?? []));
    });
}

function addRules(program: Command, done: (code: ExitCode) => void): void {
  const rules = program
    .command('rules')
    .description('work with rules: match, test, lint, explain, coverage, convert');
  requestOptions(rules.command('coverage'))
    .description(
      'say which events of a log no rule looks at, by action, and which rules can say nothing there',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (paths: string[], options: CoverageOptions) => {
      const { coverRules } = await import('./rules-coverage.ts');
      done(await coverRules(paths, options));
    });
  rules
    .command('lint')
    .description('say what is wrong or doubtful in rule files, each at its line and column')
    .argument('[paths...]', 'rule files and folders; by default those that come with audit-check')
    .option('--notes', 'print notes too: portability, ids, levels', false)
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (paths: string[], options: LintOptions) => {
      const { lintRules } = await import('./rules-lint.ts');
      done(await lintRules(paths, options));
    });
  rules
    .command('convert')
    .description(
      'print Sigma rules with old pipes, and rules of Panther with their tests, as documents of ours',
    )
    .argument('<paths...>', 'rule files and folders')
    .option('-o, --output <folder>', 'write a file for each into this folder, instead of to stdout')
    .action(async (paths: string[], options: ConvertOptions) => {
      const { convertRules } = await import('./rules-convert.ts');
      done(await convertRules(paths, options));
    });
  ruleOptions(rules.command('explain'))
    .description('say why a rule matches a record or does not: each item, and what was found for it')
    .argument('<rule>', 'id, name or title')
    .requiredOption('--event <file:line>', 'the record: a log file, and the line it begins on')
    .action(async (rule: string, options: ExplainOptions) => {
      const { explainRule } = await import('./rules-explain.ts');
      process.stdout.write(await explainRule(rule, options));
    });
  requestOptions(rules.command('match'))
    .description('print every match of every detection as NDJSON: rule, title, level, file, line, offset')
    .option('--ignore-logsource', 'run every rule on every source', false)
    .action(async (paths: string[], options: MatchOptions) => {
      const { matchRules } = await import('./rules-command.ts');
      done(await matchRules(paths, options));
    });
  rules
    .command('test')
    .description('run the tests that stand in rule files')
    .argument('[paths...]', 'rule files and folders')
    .option('--no-builtin-rules', 'leave out the rules that come with audit-check')
    .option('--sources <path>', 'source mappings of your own; repeatable', collect)
    .action(async (paths: string[], options: TestOptions) => {
      const { testRules } = await import('./rules-command.ts');
      done(await testRules(paths, options));
    });
}

function addSources(program: Command): void {
  program
    .command('sources')
    .description('work with source mappings: test')
    .command('test')
    .description('show which mapping fits a file, why, and what each canonical field became')
    .argument('<files...>', 'log files')
    .option('--source <name>', 'a source to force')
    .option('--sources <path>', 'source mappings of your own; repeatable', collect)
    .action(async (files: string[], options: { source?: string; sources?: string[] }) => {
      const { testSources } = await import('./sources-command.ts');
      process.stdout.write(await testSources(files, options));
    });
}

function addAccess(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('access')
    .description('hold the access that logs show to files of roles, for each role and each user')
    .argument(
      '[paths...]',
      'files, folders, globs, or - for standard input; by default "logs" of audit-check.yaml',
    )
    .option('--roles <file>', 'who may do what; repeatable, all files of one format', collect)
    .option('--roles-format <name>', 'format of the roles, where it is not to be told by what they hold')
    .addOption(
      new Option('-f, --format <name>', 'of what is printed')
        .choices(['text', 'json', 'csv'])
        .default('text'),
    )
    .option('--suggest <user>', 'print the least role that covers what this user did, instead of the tables')
    .option('--include-denied', 'with --suggest: cover what was refused as well', false)
    .option(
      '--wide-verbs',
      'with --suggest: grant get, list and watch together, and get, patch and update',
      false,
    )
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'source of every file, instead of detection')
    .option('--since <time>', 'leave out events before this date or time')
    .option('--until <time>', 'leave out events at or after this date or time')
    .option('--exclude <glob>', 'files in folders that are not read; repeatable', collect)
    .addHelpText('after', ACCESS_HELP)
    .action(async (paths: string[], options: AccessOptions) => {
      const { access } = await import('./access.ts');
      done(await access(paths, options));
    });
}

function addVerifyAttestation(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('verify-attestation')
    .description(
      'tell who vouches for a file and since when: Sigstore bundles and RFC 3161 timestamps, offline',
    )
    .argument('<file>', 'what is vouched for: a checkpoint, a report, any file')
    .option('--bundle <file>', 'Sigstore bundle; repeatable', collect)
    .option('--trusted-root <file>', 'trusted_root.json of the Sigstore instance')
    .option('--identity <name>', 'who must have signed the bundle: address or URL, to the letter')
    .option('--issuer <url>', 'who must have identified the signer')
    .option('--key <file>', 'public key (PEM) that must have signed the bundle, instead of an identity')
    .option('--timestamp <file>', 'RFC 3161 response or token (DER); repeatable', collect)
    .option('--ca <file>', 'certificates (PEM) of timestamp authorities you trust; repeatable', collect)
    .addOption(
      new Option('-f, --format <name>', 'of what is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', VERIFY_ATTESTATION_HELP)
    .action(async (file: string, options: VerifyAttestationOptions) => {
      const { verifyAttestation } = await import('./verify-attestation.ts');
      done(await verifyAttestation(file, options));
    });
}

function addSealing(program: Command, done: (code: ExitCode) => void): void {
  const key = program.command('key').description('keys that sign checkpoints of sealed logs: generate, show');
  key
    .command('generate')
    .description(
      'write a new private key, readable by you alone, and print the verifier key to give to others',
    )
    .argument('<name>', 'the name of the log it signs for, such as logs.example/payments')
    .requiredOption('--out <file>', 'the private key; never over a file that is there')
    .action(async (name: string, { out }: { out: string }) => {
      const { generateKeyFile } = await import('./key-command.ts');
      process.stdout.write(generateKeyFile(name, out));
    });
  key
    .command('show')
    .description('print the verifier key of a private key')
    .argument('<file>', 'a private key, or verifier keys to be checked')
    .action(async (file: string) => {
      const { showKey } = await import('./key-command.ts');
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
      collect,
    )
    .option('--exclude <glob>', 'files in folders that are not sealed; repeatable', collect)
    .addHelpText('after', SEAL_HELP)
    .action(async (paths: string[], options: SealOptions) => {
      const { seal } = await import('./seal.ts');
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
      const { prove } = await import('./prove.ts');
      done(await prove(options));
    });
  framingOptions(program.command('verify-proof'))
    .description('check that a record was sealed, by its proof and a key or policy; the log is not needed')
    .argument('<proof>', 'a *.tlog-proof file')
    .requiredOption('--record <file>', 'the record: a file of its own, - or FILE:LINE')
    .option('--verifier-key <file>', 'verifier keys, one a line; repeatable', collect)
    .option('--policy <file>', 'logs and witnesses that have to have signed (c2sp.org/tlog-policy)')
    .addHelpText('after', VERIFY_PROOF_HELP)
    .action(async (file: string, options: VerifyProofOptions) => {
      const { verifyProof } = await import('./verify-proof.ts');
      done(await verifyProof(file, options));
    });
}

/** What says how a file is cut into records. */
function framingOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'source of every file, instead of detection');
}

function addCollect(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('collect')
    .description('centralize exports of several sources in one archive that shows every later change')
    .argument(
      '[paths...]',
      'files, folders, globs, or - for standard input; by default "logs" of audit-check.yaml',
    )
    .requiredOption('--into <archive>', 'the folder of the archive; made where there is none')
    .requiredOption('--key <file>', 'the private key that signs the log (PRIVATE+KEY+name+hash+base64)')
    .option('--recipient <age1…>', 'encrypt for this recipient of age; repeatable', collect)
    .option('--recipients-file <file>', 'encrypt for the recipients in this file; repeatable', collect)
    .option('--salted', 'store records so that fields can be erased later, see "redact --help"', false)
    .option('--class <word>', 'what retention is to tell apart, such as security or debug', 'default')
    .option('--source <name>', 'source of every file, instead of detection')
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--exclude <glob>', 'files in folders that are not read; repeatable', collect)
    .addHelpText('after', COLLECT_HELP)
    .action(async (paths: string[], options: CollectOptions) => {
      const { collect: run } = await import('./collect.ts');
      done(await run(paths, options));
    });
}
