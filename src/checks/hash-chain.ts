/** Hash chains: recomputes every record's hash, follows every link, and says what a chain cannot show. */
import { compareText, count, quote } from '../base/text-safety.ts';
import { CHAIN_KINDS, CHAIN_SEVERITY, type ChainCode, UNDETERMINED } from '../chain/break-kinds.ts';
import { compileChainStep, toLinkRule } from '../chain/chain-fold.ts';
import { type ChainState, mergeChains, startChains } from '../chain/chain-state.ts';
import { compileProfile, isChainProfile } from '../chain/compile-profile.ts';
import { type ChainConclusion, judgeChains } from '../chain/judge-chains.ts';
import { toLayouts } from '../chain/layout.ts';
import type { ChainProfile } from '../chain/profile.ts';
import type { CheckDefinition, CheckResult } from '../model/check.ts';
import { type Finding, toFingerprint } from '../model/finding.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { AuditRequest } from '../model/request.ts';
import { nameVariants } from './serializer-drift.ts';

export const hashChain: CheckDefinition<ChainState> = {
  name: 'hash-chain',
  title: 'Hash chains',
  findings: CHAIN_KINDS,
  everyRecord: true,
  create(request) {
    const layouts = toLayouts(chosenProfiles(request));
    const rules = layouts.map(toLinkRule);
    return {
      start: startChains,
      compile: (fields) => compileChainStep(layouts, rules, request.keys, fields),
      merge: (left, right) => mergeChains(left, right, rules),
      finish: (state) => {
        const verdict = judgeChains(state, layouts, request.keys, request.chain);
        nameVariants(verdict.conclusions, state, layouts, request.keys);
        return toResult(verdict);
      },
    };
  },
};

/** Those of the request in the order of their names, or the one the user forces. */
function chosenProfiles(request: AuditRequest): ChainProfile[] {
  const { chain, chains } = request;
  const names = chain === undefined ? Object.keys(chains).sort(compareText) : [chain];
  const problems: Problem[] = [];
  const profiles = names.map((name) => {
    const say = (path: (string | number)[], message: string) => {
      problems.push({
        file: `chain profile ${quote(name)}`,
        line: 0,
        column: 0,
        message: [path.join('.'), message].filter(Boolean).join(': '),
      });
    };
    const document = Object.hasOwn(chains, name) ? chains[name] : undefined;
    if (isChainProfile(document)) return document;
    if (document !== undefined) return compileProfile(name, document, say);
    say([], `unknown, expected one of ${Object.keys(chains).sort(compareText).join(', ')}`);
    return undefined;
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  return profiles.filter((profile) => profile !== undefined);
}

function toResult({ conclusions, streams, unprotected }: ReturnType<typeof judgeChains>): CheckResult {
  return {
    findings: conclusions.map(toFinding),
    streams,
    notices: unprotected.map(({ source, files, records, place }) => ({
      code: 'unprotected',
      message: `${count(records, 'record')} of the source ${quote(source)} in ${count(files, 'file')} carry no hash chain: nothing shows whether they were altered`,
      place,
    })),
  };
}

function toFinding({
  code,
  place,
  related,
  message,
  count: records,
  identity,
  stream,
  severity,
}: ChainConclusion): Finding {
  const kind: ChainCode = code;
  return {
    rule: 'hash-chain',
    code: kind,
    severity: severity ?? CHAIN_SEVERITY[kind],
    verdict: UNDETERMINED.has(kind) ? 'undetermined' : 'violation',
    place,
    ...(related.length > 0 && { related }),
    message,
    subject: stream,
    ...(records > 1 && { count: records }),
    fingerprint: toFingerprint('hash-chain', code, stream, identity),
  };
}
