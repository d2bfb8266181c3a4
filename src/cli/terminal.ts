/** Who may get color, decided for each stream: flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
import type { WriteStream } from 'node:tty';

export type ColorChoice = 'auto' | 'always' | 'never';

/** Chalk looks at stdout alone and ignores NO_COLOR on a terminal (5.6.2), so the choice is made here. */
export function hasColors(
  stream: Pick<WriteStream, 'isTTY'>,
  choice: ColorChoice,
  env: NodeJS.ProcessEnv,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR ?? env.CLICOLOR_FORCE;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Columns to write for: a pipe gets 100, which reads well in CI logs. */
export function widthOf(stream: Pick<WriteStream, 'isTTY' | 'columns'>): number {
  return stream.isTTY === true && stream.columns > 0 ? Math.min(Math.max(stream.columns, 60), 140) : 100;
}
