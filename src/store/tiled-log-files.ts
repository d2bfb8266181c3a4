/** Files that are whole or not there: written under another name, flushed to the disk, then renamed. */
import fs from 'node:fs';
import path from 'node:path';

/** The log, or what lies in its folder, is not what it must be: in words for the user, with the file. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
}

/** Where half-written files of a folder lie; whoever opens it for writing empties it. */
const UNFINISHED = '.unfinished';

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
    const unfinished = this.nextUnfinished();
    const handle = await fs.promises.open(unfinished, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.promises.rename(unfinished, target);
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
