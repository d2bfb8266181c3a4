/** Seats of a session without an id whose time was over before any check-in: one that comes later may say that they went on. */
import type { Amount } from '../contract/amount.ts';
import type { SessionEvent } from './session.ts';

/** `quantity` is 0 once a check-in was taken for theirs. */
export type Late = { event: SessionEvent; quantity: Amount };
