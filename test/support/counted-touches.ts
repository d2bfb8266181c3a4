/** Counts how often a process touches the disk, and kills it before a given touch. Tests only. */
import fs from 'node:fs';

/** What changes the disk, or makes a change last. */
const SYNC = [
  'openSync',
  'writeFileSync',
  'fchmodSync',
  'fsyncSync',
  'closeSync',
  'renameSync',
  'rmSync',
  'mkdirSync',
  'linkSync',
] as const;
const PROMISED = ['open', 'rename'] as const;

let touches = 0;

export function touchCount(): number {
  return touches;
}

export function countTouches(dieAt: number): void {
  const touch = () => {
    if (++touches === dieAt) process.kill(process.pid, 'SIGKILL');
  };
  for (const name of SYNC) wrap(fs as unknown as Record<string, unknown>, name, touch);
  for (const name of PROMISED) wrap(fs.promises as unknown as Record<string, unknown>, name, touch);
}

function wrap(owner: Record<string, unknown>, name: string, touch: () => void): void {
  const original = owner[name] as (...args: unknown[]) => unknown;
  owner[name] = (...args: unknown[]) => {
    touch();
    return original.apply(owner, args);
  };
}
