/**
 * Of a log without any readable time no rule over time can be judged: a notice a rule says so, for a finding a group would be
 * the same doubt over and over. Where some event has a time, the group without one is a doubt of its own.
 */
export const UNDATED =
  'no event of the log has a readable time (the log of a license server that states no zone needs --zone)';
