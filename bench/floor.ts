/** The floor that `verify` is measured against: one thread reads lines, parses each, and hashes each. */
import crypto from 'node:crypto';
import fs from 'node:fs';

const file = process.argv[2]!;
const descriptor = fs.openSync(file, 'r');
const block = Buffer.alloc(1024 * 1024);
let pending = Buffer.alloc(0);
let records = 0;
for (;;) {
  const length = fs.readSync(descriptor, block);
  if (length === 0) break;
  const data =
    pending.length === 0 ? block.subarray(0, length) : Buffer.concat([pending, block.subarray(0, length)]);
  let at = 0;
  for (let newline = data.indexOf(10); newline >= 0; newline = data.indexOf(10, at)) {
    const line = data.subarray(at, newline);
    JSON.parse(line.toString('utf8'));
    crypto.hash('sha256', line, 'hex');
    records++;
    at = newline + 1;
  }
  pending = Buffer.from(data.subarray(at));
}
console.log(records);
