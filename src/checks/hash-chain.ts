/** Hash chains: recomputes every record's hash, follows every link, and says what a chain cannot show. */
import { parseMoment } from '../base/instant.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { CHAIN_KINDS, CHAIN_SEVERITY, type ChainCode, UNDETERMINED } from '../chain/break-kinds.ts';
import type { ChainConclusion } from '../chain/chain-conclusion.ts';
import { compileChainStep, toLinkRule } from '../chain/chain-fold.ts';
import { type ChainState, mergeChains, startChains } from '../chain/chain-state.ts';
import { compileProfile, isChainProfile } from '../chain/compile-profile.ts';
import {
  compileProtocol,
  isProtocolProfile,
  namesProtocol,
  signaturesOfProtocol,
} from '../chain/compile-protocol.ts';
import { judgeChains } from '../chain/judge-chains.ts';
import { judgeProtocols } from '../chain/judge-protocols.ts';
import { KEY_KINDS } from '../chain/key-hygiene.ts';
import { keyNamesOf } from '../chain/key-names.ts';
import { toLayouts } from '../chain/layout.ts';
import type { ChainProfile } from '../chain/profile.ts';
import type { ProtocolProfile } from '../chain/protocol.ts';
import { signaturesOf, unfitKeys } from '../chain/record-signature.ts';
import { returnStrayedRecords } from '../chain/strayed-protocols.ts';
import { type BareSource, unprotectedNotice } from '../model/bare-source.ts';
import type { CheckDefinition, CheckResult } from '../model/check.ts';
import { type Finding, toFingerprint } from '../model/finding.ts';
import type { IntegrityRule } from '../model/integrity.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { AuditRequest, KeyFault } from '../model/request.ts';
import { protectAdvice } from './protect-advice.ts';
import { loadVariants, nameVariants } from './serializer-drift.ts';

export const hashChain: CheckDefinition<ChainState> = {
  name: 'hash-chain' satisfies IntegrityRule,
  title: 'Hash chains',
  findings: [...CHAIN_KINDS, ...KEY_KINDS],
  everyRecord: true,
  create(request) {
    const chosen = chosenProfiles(request);
    const protocols = chosen.filter(isProtocolProfile);
    const layouts = toLayouts(chosen.filter(isChainProfile));
    const rules = layouts.map(toLinkRule);
    const { keys, chain, generated } = request;
    refuseUnfitKeys(chosen, keys);
    const now = generated === undefined ? undefined : parseMoment(generated);
    return {
      start: startChains,
      compile: (fields) => compileChainStep(layouts, rules, keys, fields, protocols),
      merge: (left, right) => mergeChains(left, right, rules),
      ready: loadVariants,
      finish(folded) {
        const state = returnStrayedRecords(folded);
        const absent = protocols.filter(({ name }) => state.protocols[name] === undefined);
        const beside = { unset: request.unsetKeys ?? [], ofOthers: absent.flatMap(keyNamesOf) };
        const verdict = judgeChains(state, layouts, keys, chain, beside);
        nameVariants(verdict.conclusions, state, layouts, keys);
        const contexts = protocols.map((profile) => ({ profile, keys, now }));
        const { conclusions, streams } = judgeProtocols(state, contexts);
        verdict.conclusions.push(...conclusions);
        verdict.streams.push(...streams);
        const result = toResult(verdict);
        result.findings.push(...(request.keyFaults ?? []).map(toKeyFinding));
        return result;
      },
    };
  },
};

/** @throws {ProblemsError} where a key cannot be the one that a profile verifies signatures with */
function refuseUnfitKeys(
  profiles: readonly (ChainProfile | ProtocolProfile)[],
  keys: AuditRequest['keys'],
): void {
  const signatures = profiles.flatMap((profile) =>
    isChainProfile(profile) ? signaturesOf(profile) : signaturesOfProtocol(profile),
  );
  const problems = unfitKeys(signatures, keys).map(({ key, message }) => ({
    file: `key ${quote(key)}`,
    line: 0,
    column: 0,
    message,
  }));
  if (problems.length > 0) throw new ProblemsError(problems);
}

/** Those of the request in the order of their names, or the one the user forces. */
function chosenProfiles(request: AuditRequest): (ChainProfile | ProtocolProfile)[] {
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
    if (isChainProfile(document) || isProtocolProfile(document)) return document;
    if (namesProtocol(document)) return compileProtocol(name, document, say);
    if (document !== undefined) return compileProfile(name, document, say);
    say([], `unknown, expected one of ${Object.keys(chains).sort(compareText).join(', ')}`);
    return undefined;
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  return profiles.filter((profile) => profile !== undefined);
}

function toResult({ conclusions, streams, bare }: ReturnType<typeof judgeChains>): CheckResult {
  const sources = bare.map((each): BareSource => {
    const advised = { ...each, advice: protectAdvice(each.source) };
    const notice = unprotectedNotice(advised);
    return { ...advised, ...(notice && { notice }) };
  });
  return {
    findings: conclusions.map(toFinding),
    streams,
    notices: sources.flatMap(({ notice }) => notice ?? []),
    bare: sources,
  };
}

function toKeyFinding({ code, severity, key, message, file, line }: KeyFault): Finding {
  return {
    rule: 'hash-chain',
    code,
    severity,
    verdict: 'violation',
    place: { file, line, offset: 0, length: 0 },
    message,
    subject: key,
    fingerprint: toFingerprint('hash-chain', code, key),
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
