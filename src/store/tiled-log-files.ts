/** Files that are whole or not there: written under another name, flushed to the disk, then renamed. */
import fs from 'node:fs';
import path from 'node:path';

/** The log, or what lies in its folder, is not what it must be: in words for the user, with the file. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
}

/** Where half-written files of a folder lie; whoever opens it for writing empties it. */
export const UNFINISHED = '.unfinished';

/** Writes files of one folder. Nothing counts before `flushFolders` has returned. */
export class DurableFolder {
  readonly folder: string;
  private readonly touched = new Set<string>();
  private serial = 0;

  constructor(folder: string) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
    fs.rmSync(path.join(folder, UNFINISHED), { recursive: true, force: true });
    fs.mkdirSync(path.join(folder, UNFINISHED));
    this.touched.add(folder);
  }

  /** `name`: relative to the folder, with slashes. Replaces what is there. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const target = path.join(this.folder, name);
    this.makeParents(path.dirname(target));
    await writeDurably(this.nextUnfinished(), bytes, target);
    this.touched.add(path.dirname(target));
  }

  /** As `write`, in the caller's own thread. */
  writeNow(name: string, bytes: Uint8Array): void {
    const target = path.join(this.folder, name);
    this.makeParents(path.dirname(target));
    const unfinished = this.nextUnfinished();
    const descriptor = fs.openSync(unfinished, 'w');
    try {
      fs.writeFileSync(descriptor, bytes);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(unfinished, target);
    this.touched.add(path.dirname(target));
  }

  /** A name is as durable as its folder. */
  async flushFolders(): Promise<void> {
    await Promise.all([...this.touched].map(flushFolder));
    this.touched.clear();
  }

  close(): void {
    fs.rmSync(path.join(this.folder, UNFINISHED), { recursive: true, force: true });
  }

  private nextUnfinished(): string {
    this.serial += 1;
    return path.join(this.folder, UNFINISHED, String(this.serial));
  }

  private makeParents(folder: string): void {
    if (this.touched.has(folder)) return;
    const first = fs.mkdirSync(folder, { recursive: true });
    if (first === undefined) return;
    for (let at = folder; at !== path.dirname(first); at = path.dirname(at)) this.touched.add(at);
    this.touched.add(path.dirname(first));
  }
}

/** By callbacks: promises of `FileHandle` keep the caller's thread busy for twice as long (measured, 8 KB files). */
function writeDurably(unfinished: string, bytes: Uint8Array, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.open(unfinished, 'w', (failure, descriptor) => {
      if (failure !== null) return reject(failure);
      const end = (error: Error | null) =>
        fs.close(descriptor, (closing) => {
          if (error !== null || closing) return reject(error ?? closing!);
          fs.rename(unfinished, target, (renaming) => (renaming === null ? resolve() : reject(renaming)));
        });
      const writeRest = (from: number) =>
        fs.write(descriptor, bytes, from, bytes.length - from, null, (error, written) => {
          if (error !== null) return end(error);
          if (from + written < bytes.length) return writeRest(from + written);
          fs.fsync(descriptor, end);
        });
      writeRest(0);
    });
  });
}

async function flushFolder(folder: string): Promise<void> {
  // Windows does not open folders, and does not need it.
  if (process.platform === 'win32') return;
  const handle = await fs.promises.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
