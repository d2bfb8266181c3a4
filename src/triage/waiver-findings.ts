/** What is said of waivers themselves: those that ended or do not hold are findings, what is only untidy is a notice. */
import { compileGlob } from '../base/glob.ts';
import { didYouMean, nearestName } from '../base/nearest-name.ts';
import { count, formatNumber, quote } from '../base/text-safety.ts';
import { EXPIRED_WAIVER } from '../model/expired-waiver.ts';
import { type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import type { Notice } from '../model/report.ts';
import { formatDay } from './day.ts';
import type { Flaw, WaiverEntry, WaiverFile } from './waiver-file.ts';

/** The name under which waivers are spoken of, beside the checks. */
export const WAIVERS = 'waivers';

const VOID_WAIVER = {
  code: 'void-waiver',
  severity: 'medium',
  title: 'waiver that does not hold',
  why: 'Somebody believes that a finding is accepted, and nobody accepted it in a form that holds: it counts.',
  fix: 'Mend the entry, or take it out of the file; what the keys mean is told in docs/waivers.md.',
} as const satisfies FindingKind;

const OUTGROWN_WAIVER = {
  code: 'outgrown-waiver',
  severity: 'medium',
  title: 'waiver for less than there is by now',
  why: 'Somebody accepted so many records and no more. What came since was accepted by nobody, and which ones those are cannot be told: all of them count.',
  fix: 'End what the waiver was for, or have its owner accept the growth by a greater "maxCount".',
} as const satisfies FindingKind;

export const WAIVER_FINDINGS: readonly FindingKind[] = [EXPIRED_WAIVER, OUTGROWN_WAIVER, VOID_WAIVER];

/** Beyond, a waiver that no policy bounds is called broad. */
export const BROAD = 100;

/** Kinds of findings, by rule and code; somebody who accepts more than these has not looked at each. */
export const BROAD_KINDS = 5;

/** Days from which on an end is no end: nobody answers for what was accepted two years ago. */
export const DISTANT = 730;

export function voidFinding(id: string, { message, place, excerpt }: Flaw): Finding {
  return {
    ...findingOf(VOID_WAIVER, id, `the waiver ${quote(id)} does not hold: ${message}`, place, message),
    excerpt,
  };
}

/** Of a waiver that is well made, and does not hold for what it was found to cover. */
export function refusedFinding(id: string, why: string, place: Place): Finding {
  return findingOf(VOID_WAIVER, id, `the waiver ${quote(id)} ${why}`, place, why);
}

export function expiredFinding({ id, place, grant }: WaiverEntry, findings: number): Finding {
  const { owner, expires } = grant!;
  const again = `${count(findings, 'finding')} ${findings === 1 ? 'counts' : 'count'} again`;
  const message = `the waiver ${quote(id)} of ${quote(owner)} expired on ${formatDay(expires)}: ${again}`;
  return findingOf(EXPIRED_WAIVER, id, message, place, formatDay(expires));
}

export function outgrownFinding(
  { id, place, grant }: WaiverEntry,
  findings: number,
  records: number,
): Finding {
  const { owner, maxCount } = grant!;
  const stand = `its ${count(findings, 'finding')} ${findings === 1 ? 'stands' : 'stand'} for ${formatNumber(records)}`;
  const message = `the waiver ${quote(id)} of ${quote(owner)} covers at most ${count(maxCount!, 'record')}, and ${stand}`;
  return findingOf(OUTGROWN_WAIVER, id, message, place, String(maxCount));
}

function findingOf(
  { code, severity }: FindingKind,
  id: string,
  message: string,
  place: Place,
  identity: string,
): Finding {
  return {
    rule: WAIVERS,
    code,
    severity,
    verdict: 'violation',
    place,
    message,
    subject: id,
    fingerprint: toFingerprint(code, id, identity),
  };
}

/** `known`: rules and codes, of which a misspelled one may be meant; `titles`: those of them, which name nothing here. */
export function unusedNotice(
  { id, place, grant, covers }: WaiverEntry,
  hasExpired: boolean,
  { known = [], titles = new Map() }: Pick<WaiverFile, 'known' | 'titles'> = {},
): Notice {
  // What licenses are called is told by the contract.
  const unknown = (known.length === 0 ? [] : (covers?.rules ?? [])).filter(
    (rule) => !rule.startsWith('license:') && !known.some(compileGlob(rule)),
  );
  if (unknown.length > 0) {
    const [rule] = unknown as [string];
    const nearest = titles.has(rule) ? '' : didYouMean(rule, known);
    const meant = nearest === '' ? whoseTitle(rule, titles) : nearest;
    const message = `the waiver ${quote(id)} covered nothing: this run has no rule and no code ${quote(rule)}${meant}`;
    return { code: 'unused-waiver', message, place };
  }
  const ended = hasExpired ? `expired on ${formatDay(grant!.expires)} and covers nothing` : 'covered nothing';
  return { code: 'unused-waiver', message: `the waiver ${quote(id)} ${ended} in this log: it can go`, place };
}

export function partlyNotice({ id, place }: WaiverEntry, findings: number): Notice {
  const say = findings === 1 ? 'says' : 'say';
  const message = `the waiver ${quote(id)} is for the message of ${count(findings, 'finding')} that also ${say} something else, and covers none of it: match all that it says, or where that is more than it tells the subject, the file or the fingerprint`;
  return { code: 'partly-fitting-waiver', message, place };
}

/** Reports print the titles of rules first, and so they are what is copied. */
function whoseTitle(text: string, titles: ReadonlyMap<string, string>): string {
  const title = nearestName(text, titles.keys());
  if (title === undefined) return '';
  return `; ${title === text ? 'that' : quote(title)} is the title of ${quote(titles.get(title)!)}, which is the name to write`;
}

export function expiringNotice({ id, place, grant }: WaiverEntry, findings: number, asOf: number): Notice {
  const { owner, expires } = grant!;
  const left = expires === asOf ? 'today' : `in ${count(expires - asOf, 'day')}, on ${formatDay(expires)}`;
  const message = `the waiver ${quote(id)} of ${quote(owner)} expires ${left}; it covers ${count(findings, 'finding')}`;
  return { code: 'expiring-waiver', message, place };
}

export function broadNotice({ id, place }: WaiverEntry, what: string): Notice {
  const message = `the waiver ${quote(id)} covers ${what}: narrow it by rule, file, subject, message or fingerprint, or bound it by "maxFindings"`;
  return { code: 'broad-waiver', message, place };
}

export function distantNotice({ id, place, grant }: WaiverEntry): Notice {
  const message = `the waiver ${quote(id)} holds until ${formatDay(grant!.expires)}, more than two years from now: bound it by "maxAge"`;
  return { code: 'distant-waiver', message, place };
}
