/** When each source spoke: what shows gaps, silence, retention and volume. */

export type SourceActivity = {
  /** The source that was detected; null for records that no mapping fits. */
  source: string | null;
  /** RFC 3339, of the first and the last event with a readable time. */
  from: string;
  until: string;
  /** Events whose time could not be read: they are in no bucket. */
  untimed: number;
  /** Events before the first bucket, where more days than are kept hold events. */
  earlier?: number;
  /** Length of a bucket; days where hours would be too many. */
  bucket: 'hour' | 'day';
  /** Only buckets with events, in order: where each begins (UTC, RFC 3339), how many events, how many bytes of records. A record that is there twice counts twice. */
  buckets: { at: string; events: number; bytes: number }[];
  /** The longest, at most 20, in order: from an event to the next one, longer than a bucket. */
  silences: Silence[];
};

/** RFC 3339: the event before it, and the one after. */
export type Silence = { from: string; until: string };
