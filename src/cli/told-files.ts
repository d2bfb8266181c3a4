/** Every file that tells a run what to do: a report must not replace one, nor the next run read a report for it. */
import type { AuditRequest } from '../model/request.ts';
import type { TriageInputs } from '../triage/triage.ts';
import type { Config } from './config.ts';
import { isPackName } from './packs.ts';

type TellingOptions = {
  licenses?: string;
  publicKeys?: string[];
  schema?: string[];
  pack?: string[];
  verifierKey?: string[];
  identity?: string[];
  policy?: string;
  evidenceKey?: string;
};

export function toldFiles(
  config: Config,
  options: TellingOptions,
  { rules }: Pick<AuditRequest, 'rules'>,
  { waivers, baseline }: TriageInputs,
): string[] {
  const {
    licenses,
    publicKeys,
    schema,
    pack,
    verifierKey = [],
    identity = [],
    policy,
    evidenceKey,
  } = options;
  const packs = pack?.flatMap((names) => names.split(',')) ?? config.packs;
  const single = [
    config.file,
    licenses ?? config.licenses,
    waivers?.file,
    baseline?.file,
    policy,
    evidenceKey,
  ];
  return [
    ...single.filter((file) => file !== undefined),
    ...Object.values(config.keys).flatMap(({ file }) => file ?? []),
    ...(publicKeys ?? config.publicKeys),
    ...(schema ?? config.schema),
    ...packs.filter((name) => !isPackName(name)),
    ...config.sources,
    ...config.chains,
    ...rules.rules.map(({ file }) => file),
    ...verifierKey,
    ...identity,
  ];
}
