/** What an attack is: a change of a good log, and where it shows. Tests only. */
import type { MadeRecord } from '../support/made-chain.ts';
import type { Scene } from './scene.ts';

export type Attacked = {
  files: Readonly<Record<string, readonly string[]>>;
  /** Lines, as `file:line`, at one of which a finding has to stand; empty where there is no such line. */
  spots: readonly string[];
  /** Whether a time was changed: then it may also no longer fit its neighbors. */
  timeChanged?: boolean;
};

/** @returns a reason where the log has no place for it */
export type Attack = (scene: Scene) => Attacked | string;

export const LOG = 'log.ndjson';

export function attacked(lines: readonly string[], ...positions: readonly number[]): Attacked {
  return { files: { [LOG]: lines }, spots: positions.map((position) => `${LOG}:${position + 1}`) };
}

export function intact(records: readonly MadeRecord[]): Record<string, string[]> {
  return { [LOG]: records.map(({ text }) => text) };
}
