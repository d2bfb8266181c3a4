/**
 * What a finding says of its further events, where that is not what its message says of the first: of many events one finding is
 * enough, but a waiver for what one of them did is none for the others.
 */
import type { Finding } from './finding.ts';

/** Messages that are told; beyond, that there are more. */
export const MAX_ALSO = 20;

export type AlsoSaid = Pick<Finding, 'also' | 'moreSaid'>;

/** `messages`: in the order of the events; `isMore`: some were left out. */
export function alsoSaid(message: string, messages: readonly string[], isMore: boolean): AlsoSaid {
  const also = [...new Set(messages)].filter((each) => each !== message);
  return {
    ...(also.length > 0 && { also: also.slice(0, MAX_ALSO) }),
    ...((isMore || also.length > MAX_ALSO) && { moreSaid: true }),
  };
}

/** Everything that the finding says; none where it does not say all. */
export function allSaid({ message, also = [], moreSaid }: Finding): string[] {
  return moreSaid ? [] : [message, ...also];
}

/** Between the message and what further events say. */
export const ALSO = '; also: ';

/** The message, and behind it what further events say. */
export function wholeMessage(finding: Finding): string {
  const also = alsoWords(finding);
  return also === undefined ? finding.message : `${finding.message}${ALSO}${also}`;
}

/**
 * `"ann" granted "owner" to "eve"; "ann" granted "viewer" to "cid"`; undefined where all say what the message says. That there are
 * more stands before them, where no bound of a format cuts it off.
 */
export function alsoWords({ also = [], moreSaid }: Finding): string | undefined {
  const told = also.join('; ');
  if (!moreSaid) return told || undefined;
  return told === '' ? 'others, which are not told' : `others, among them: ${told}`;
}
