/** Why a license server refused: for want of seats, or for a reason that says nothing about how many were taken. */

/**
 * FlexNet: "Licensed number of users already reached" and its error number -4; RLM: "all licenses in use", status -22;
 * Sentinel RMS and Keygen in their own words.
 */
const CAPACITY_REASON =
  /(?:number of users|users? limit|licen[cs]e limit|maximum|capacity) (?:already )?(?:is |was |has been )?(?:reached|exceeded|exhausted)|(?:all|no(?: more)?|not enough) (?:licen[cs]es?|seats?|tokens|keys?) (?:are |is )?(?:already )?(?:in use|left|free|available)|already in use|too[_ ]many[_ ](?:users|machines|seats)|\(-4,|^-(?:4|22)$/i;

/** Reads no more than this of a reason, which the log chose. */
const MAX_REASON = 1000;

export function isCapacityReason(reason: string): boolean {
  return CAPACITY_REASON.test(reason.slice(0, MAX_REASON));
}
