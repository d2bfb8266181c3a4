/** One SHA-256 over a whole file, or its first bytes: the least that proves old bytes unchanged. */
import crypto from 'node:crypto';
import fs from 'node:fs';

const [file, limit] = process.argv.slice(2);
const descriptor = fs.openSync(file!, 'r');
const block = Buffer.alloc(1024 * 1024);
const hash = crypto.createHash('sha256');
let left = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
while (left > 0) {
  const length = fs.readSync(descriptor, block, 0, Math.min(block.length, left), null);
  if (length === 0) break;
  hash.update(block.subarray(0, length));
  left -= length;
}
console.log(hash.digest('hex'));
