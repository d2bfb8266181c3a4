/**
 * Verifier keys that were given, and nothing that was read bears their signature: whoever takes an archive's marker and log away,
 * so that its segments pass for plain files, leaves no other trace.
 */
import { quote } from '../base/text-safety.ts';
import type { CheckResult } from '../model/check.ts';
import { toFingerprint } from '../model/finding.ts';
import { ANCHORS, anchorSeverity } from '../transparency/anchor-findings.ts';
import type { VerifierKey } from '../transparency/note-key.ts';
import { readVerifierKeys } from './key-command.ts';
import { type KeyUse, readTrust, type TrustOptions } from './verify-trust.ts';

/** `options` as they were found to be sound; `use`: of every checkpoint of the run. */
export function judgeUnmetKeys(options: TrustOptions, use: KeyUse): CheckResult {
  const { policy } = options;
  // Of the witnesses of a policy only as many as it asks for have to sign.
  const ofPolicy = policy === undefined ? [] : readTrust({ policy }, []).keys;
  const told = new Set([...use.signers, ...ofPolicy.map(({ text }) => text)]);
  const given = (options.verifierKey ?? []).flatMap((file) =>
    readVerifierKeys(file, []).map((key) => ({ file, key })),
  );
  const names = new Set(given.map(({ key }) => key.name));
  const findings = given.flatMap(({ file, key }) => {
    if (told.has(key.text) || isSpokenOf(key, names, use)) return [];
    told.add(key.text);
    return {
      rule: ANCHORS,
      code: 'missing-checkpoint',
      severity: anchorSeverity('missing-checkpoint'),
      verdict: 'undetermined' as const,
      place: { file, line: 1, offset: 0, length: 0 },
      message: `expected a checkpoint that ${quote(key.name)} signed, whose key was given, found none in what was read`,
      subject: key.name,
      fingerprint: toFingerprint(ANCHORS, 'missing-checkpoint', key.text),
    };
  });
  return { findings };
}

/**
 * A log goes by one name, and has signed where another of its keys did: it may have got a new one. Of a checkpoint that cannot be
 * trusted it was said already that the key did not sign it, or may be the wrong one, and of an archive that cannot be read that
 * it is damaged.
 */
function isSpokenOf({ name }: VerifierKey, names: ReadonlySet<string>, use: KeyUse): boolean {
  const { logs, refused, hasDamaged } = use;
  return (
    hasDamaged || logs.has(name) || refused.has(name) || [...refused].some((origin) => !names.has(origin))
  );
}
