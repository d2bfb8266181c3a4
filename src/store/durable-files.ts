/** Files and folder entries that are on the disk when a call returns (fsync(2)): what is acknowledged must survive a crash. */
import fs from 'node:fs';
import path from 'node:path';

/** Nobody has a reason to write to what was sealed; whoever does all the same is found by the digests. */
export const SEALED_MODE = 0o444;

/** Writes a file that is not there yet. It is durable with `syncFolder` of its folder. */
export function writeSealed(place: string, bytes: Uint8Array | string): void {
  const descriptor = fs.openSync(place, 'wx', 0o600);
  try {
    fs.writeFileSync(descriptor, bytes);
    fs.fchmodSync(descriptor, SEALED_MODE);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Makes the names in a folder durable. Windows knows no such thing, and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Replaces a file as a whole: whoever reads sees the old one or the new one. */
export function replaceDurably(place: string, text: string): void {
  const temporary = `${place}.tmp`;
  fs.rmSync(temporary, { force: true });
  writeSealed(temporary, text);
  fs.renameSync(temporary, place);
  syncFolder(path.dirname(place));
}
