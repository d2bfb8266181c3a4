/**
 * What a run was told, as its report tells it: with which rules, mappings and settings the logs were judged. Nothing secret
 * and nothing of the machine is in it: the report goes to people outside, and is the same wherever the run was started.
 */
import fs from 'node:fs';
import path from 'node:path';
import { sha256Hex } from '../base/digest.ts';
import { formatInstant } from '../base/instant.ts';
import type { Report, ToldOption, ToldRequest } from '../model/report.ts';
import { type AuditRequest, DEFAULT_LIMITS, type Limits } from '../model/request.ts';
import type { Config } from './config.ts';
import { commandOf, type ReportOptions } from './evidence-options.ts';
import { type OwnFile, ownFiles } from './own-files.ts';
import { isFile } from './places.ts';
import { digestAsRead } from './yaml-file.ts';

export function toldRequest(
  options: ReportOptions,
  request: AuditRequest,
  config: Config,
  report: Report,
): ToldRequest {
  const files = [...ownFiles(config, options, report), ...trustFiles(options)];
  // The configuration is found from any folder below it: where it lies from there says something of the run alone.
  const shown = (file: string) => (file === config.file ? path.basename(file) : withoutFolder(file));
  return {
    command: commandOf(options, request, config, shown),
    files: files.map((each) => ({ role: each.role, file: nameOf(each, config), sha256: digestOf(each) })),
    options: settingsOf(options, request, config),
  };
}

function withoutFolder(file: string): string {
  return path.isAbsolute(file) ? path.basename(file) : file;
}

function nameOf({ file, byConfig }: OwnFile, config: Config): string {
  if (!byConfig || config.file === undefined) return withoutFolder(file);
  const told = path.relative(path.dirname(config.file), file);
  return path.isAbsolute(file) ? path.basename(file) : told;
}

/** A weak key could be guessed by the digest of the file that it stands in. */
function digestOf({ file, holdsKey }: OwnFile): string | null {
  if (holdsKey) return null;
  const known = digestAsRead(file);
  if (known !== undefined) return known;
  if (!isFile(file)) return null;
  try {
    return sha256Hex(fs.readFileSync(file));
  } catch {
    return null;
  }
}

function trustFiles({ checkpoint = [], policy, verifierKey = [] }: ReportOptions): OwnFile[] {
  const files = [
    ...checkpoint.map((file) => ({ role: 'checkpoint' as const, file })),
    ...(policy === undefined ? [] : [{ role: 'policy' as const, file: policy }]),
    ...verifierKey.map((file) => ({ role: 'verifier key' as const, file })),
  ];
  return files.map((each) => ({ ...each, byConfig: false, holdsKey: false }));
}

function settingsOf(
  options: ReportOptions,
  request: AuditRequest,
  config: Config,
): Record<string, ToldOption> {
  const { exclude, disabled, schemas, allowActors, limits, source, chain, zone, since, until } = request;
  const changed = (Object.keys(limits) as (keyof Limits)[]).filter(
    (name) => limits[name] !== DEFAULT_LIMITS[name],
  );
  return {
    exclude,
    'checks left out': disabled,
    'built-in rules': config.builtinRules && options.builtinRules,
    schemas: schemas.map(({ name }) => name),
    'allowed actors': allowActors,
    ...(source !== undefined && { source }),
    ...(chain !== undefined && { chain }),
    ...(zone !== undefined && { zone }),
    ...(since !== undefined && { since: formatInstant(since) }),
    ...(until !== undefined && { until: formatInstant(until) }),
    ...Object.fromEntries(changed.map((name) => [`limits.${name}`, limits[name]])),
  };
}
