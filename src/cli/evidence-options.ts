/** What a run was told beside its logs, for whoever makes its evidence again: what was left out has to be seen. */
import { judgedBy } from '../evidence/bundle.ts';
import type { EvidencePredicate } from '../evidence/statement.ts';
import type { Report, ToldOption } from '../model/report.ts';
import type { AuditRequest } from '../model/request.ts';
import type { Config } from './config.ts';
import type { RequestOptions } from './request.ts';
import type { TriageOptions } from './triage-inputs.ts';
import type { ArchiveOptions } from './verify-archives.ts';
import type { CheckpointOptions } from './verify-checkpoint.ts';

/** The options of `verify` that a report depends on. */
export type ReportOptions = RequestOptions &
  TriageOptions &
  Pick<CheckpointOptions, 'checkpoint' | 'policy' | 'verifierKey'> &
  ArchiveOptions & { history?: string };

export function toldOptions(
  options: ReportOptions,
  request: AuditRequest,
  config: Config,
  report: Report,
): Pick<EvidencePredicate, 'options' | 'command'> {
  return {
    options: settingsOf(options, request, config, report),
    command: commandOf(options, request, config),
  };
}

function settingsOf(
  options: ReportOptions,
  request: AuditRequest,
  config: Config,
  report: Report,
): Record<string, ToldOption> {
  const { exclude, disabled, schemas, allowActors, limits, source, chain, zone } = request;
  const licenses = options.licenses ?? config.licenses;
  return {
    exclude,
    'checks left out': disabled,
    'built-in rules': config.builtinRules && options.builtinRules,
    'own rules': [...config.rules, ...(options.rules ?? [])],
    'own sources': config.sources,
    'own chains': config.chains,
    schemas: schemas.map(({ name }) => name),
    'allowed actors': allowActors,
    ...(source !== undefined && { source }),
    ...(chain !== undefined && { chain }),
    ...(zone !== undefined && { zone }),
    ...(licenses !== undefined && { licenses }),
    checkpoints: options.checkpoint ?? [],
    'public keys': options.publicKeys ?? config.publicKeys,
    ...judgedBy(report),
    ...Object.fromEntries(Object.entries(limits).map(([name, limit]) => [`limits.${name}`, limit])),
  };
}

/** What the configuration says need not be said again: it is named. `shown`: how files beside the logs are named. */
export function commandOf(
  options: ReportOptions,
  { paths, generated }: Pick<AuditRequest, 'paths' | 'generated'>,
  config: Config,
  shown: (file: string) => string = (file) => file,
): string[] {
  const each = (flag: string, value: string | string[] | undefined) =>
    value === undefined ? [] : [value].flat().flatMap((text) => [flag, text]);
  const files = (flag: string, value: string | string[] | undefined) =>
    each(flag, value === undefined ? undefined : [value].flat().map(shown));
  const packs = options.pack?.map((names) => names.split(',').map(shown).join(','));
  return [
    ...['audit-check', 'verify', ...paths],
    ...(config.file === undefined ? ['--no-config'] : files('--config', config.file)),
    ...files('--rules', options.rules),
    ...(options.builtinRules ? [] : ['--no-builtin-rules']),
    ...files('--schema', options.schema),
    ...each('--chain', options.chain),
    ...files('--public-keys', options.publicKeys),
    ...each('--pack', packs),
    ...files('--licenses', options.licenses),
    ...each('--source', options.source),
    ...each('--zone', options.zone),
    ...each('--since', options.since),
    ...each('--until', options.until),
    ...each('--exclude', options.exclude),
    ...each('--fail-on', options.failOn),
    ...files('--waivers', options.waivers),
    ...files('--baseline', options.baseline),
    ...files('--checkpoint', options.checkpoint),
    ...files('--policy', options.policy),
    ...files('--verifier-key', options.verifierKey),
    ...files('--identity', options.identity),
    ...files('--view', options.view),
    ...files('--history', options.history),
    ...each('--now', generated),
  ];
}
