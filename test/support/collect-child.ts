/**
 * Collects in a process of its own that can be killed: by itself before the n-th touch of the disk, or from outside.
 * Tests only. Messages: `ready` once loaded; then `{ archive, sources, key, dieAt }` starts it.
 */
import fs from 'node:fs';
import { collect } from '../../src/cli/collect.ts';

type Order = { archive: string; sources: string; key: string; dieAt: number };

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

function countTouches(dieAt: number): void {
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

process.on('message', async ({ archive, sources, key, dieAt }: Order) => {
  const options = { into: archive, key, class: 'default', config: false as const, recipient: [] };
  countTouches(dieAt);
  // A checkpoint for each file or segment: the more there are, the more instants lie between them.
  const exit = await collect([sources], options, { bytes: 1, segments: 1 });
  process.send!({ exit, touches }, () => process.exit(exit));
});
process.send!('ready');
