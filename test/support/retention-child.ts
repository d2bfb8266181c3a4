/**
 * Applies retention in a process of its own that kills itself before the n-th touch of the disk. Tests only. Messages:
 * `ready` once loaded; then `{ archive, policy, key, dieAt }` starts it.
 */
import { retentionApply } from '../../src/cli/retention-apply.ts';
import { countTouches, touchCount } from './counted-touches.ts';

type Order = { archive: string; policy: string; key: string; dieAt: number };

process.on('message', async ({ archive, policy, key, dieAt }: Order) => {
  const options = { policy, key, yes: true, by: 'ann', reason: 'past its age', format: 'text' };
  countTouches(dieAt);
  const exit = await retentionApply(archive, options);
  process.send!({ exit, touches: touchCount() }, () => process.exit(exit));
});
process.send!('ready');
