/**
 * Redacts in a process of its own that kills itself before the n-th touch of the disk. Tests only. Arguments: archive, key,
 * list, and the touch to die at; it prints how many there were.
 */
import { redact } from '../../src/cli/redact.ts';
import { countTouches, touchCount } from './counted-touches.ts';

const [archive, key, person, dieAt] = process.argv.slice(2);
countTouches(Number(dieAt));
const options = { person: person!, key: key!, reason: 'case 1', by: 'privacy office', yes: true };
void redact(archive!, options).then((exit) => {
  process.exitCode = exit;
  process.stdout.write(`touches ${touchCount()}\n`);
});
