/** When each source spoke: what shows gaps, silence, retention and volume. */

export type SourceActivity = {
  /** The source that was detected; null for records that no mapping fits. */
  source: string | null;
  /** RFC 3339, of the first and the last event with a readable time. */
  from: string;
  until: string;
  /** Events whose time could not be read: they are in no bucket. */
  untimed: number;
  /** Length of a bucket; days where hours would be too many. */
  bucket: 'hour' | 'day';
  /** Only buckets with events, in order: where each begins (UTC, RFC 3339), how many events, how many bytes of records. */
  buckets: { at: string; events: number; bytes: number }[];
};
