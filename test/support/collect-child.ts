/**
 * Collects in a process of its own that can be killed: by itself before the n-th touch of the disk, or from outside.
 * Tests only. Messages: `ready` once loaded; then `{ archive, sources, key, dieAt }` starts it.
 */
import { collect } from '../../src/cli/collect.ts';
import { countTouches, touchCount } from './counted-touches.ts';

type Order = { archive: string; sources: string; key: string; dieAt: number };

process.on('message', async ({ archive, sources, key, dieAt }: Order) => {
  const options = { into: archive, key, class: 'default', config: false as const, recipient: [] };
  countTouches(dieAt);
  // A checkpoint for each file or segment: the more there are, the more instants lie between them.
  const exit = await collect([sources], options, { bytes: 1, segments: 1 });
  process.send!({ exit, touches: touchCount() }, () => process.exit(exit));
});
process.send!('ready');
