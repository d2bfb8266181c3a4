/** One writer at a time: a file that names the process which writes. The lock of a process that is gone is taken over. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { quote } from '../base/text-safety.ts';
import { StoreFault } from './tiled-log-files.ts';

/** `start`: when the process began, as the system counts it: a process id is used again. */
type Holder = { host: string; pid: number; start: string; serial: number };

let serial = 0;

export class FolderLock {
  private readonly file: string;
  private readonly text: string;

  /** @throws {StoreFault} when another process holds it */
  constructor(folder: string) {
    fs.mkdirSync(folder, { recursive: true });
    serial += 1;
    this.file = path.join(folder, 'lock');
    const holder: Holder = {
      host: os.hostname(),
      pid: process.pid,
      start: startOf(process.pid) ?? '',
      serial,
    };
    this.text = `${JSON.stringify(holder)}\n`;
    const own = `${this.file}.${process.pid}.${serial}`;
    fs.writeFileSync(own, this.text);
    try {
      this.take(own);
    } finally {
      fs.rmSync(own, { force: true });
    }
    removeLeftovers(folder);
  }

  isHeld(): boolean {
    return readIfThere(this.file) === this.text;
  }

  release(): void {
    if (this.isHeld()) fs.rmSync(this.file, { force: true });
  }

  /** A link is made whole or not at all, so a lock file always names its holder. */
  private take(own: string): void {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      try {
        fs.linkSync(own, this.file);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = readIfThere(this.file);
      if (found === undefined) continue;
      if (isAlive(found))
        throw new StoreFault(`${this.file}: another process writes here: ${quote(found.trim())}`);
      this.setAside(found, `${own}.old`);
    }
    throw new StoreFault(`${this.file}: others take the lock again and again`);
  }

  /** Renames a stale lock away; where somebody was quicker, and it is a fresh one now, gives it back. */
  private setAside(stale: string, aside: string): void {
    try {
      fs.renameSync(this.file, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    try {
      // Its holder looks once more before a checkpoint counts (`isHeld`), so even a lost race does no harm.
      if (readIfThere(aside) !== stale && !fs.existsSync(this.file)) fs.linkSync(aside, this.file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      fs.rmSync(aside, { force: true });
    }
  }
}

/** What processes left that were killed while they took the lock. */
function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const [, pid] = /^lock\.(\d+)\.\d+(?:\.old)?$/.exec(name) ?? [];
    if (pid !== undefined && Number(pid) !== process.pid && !isRunning(Number(pid)))
      fs.rmSync(path.join(folder, name), { force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the process that a lock names still runs. Of another machine nobody can tell: then it does. */
function isAlive(text: string): boolean {
  let holder: Partial<Holder>;
  try {
    holder = JSON.parse(text) as Partial<Holder>;
  } catch {
    return true;
  }
  const { host, pid, start } = holder;
  if (host !== os.hostname() || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0)
    return true;
  if (!isRunning(pid)) return false;
  const now = startOf(pid);
  return now === undefined || start === '' || now === start;
}

/** A process that was killed and that nobody has asked after (a zombie) still has its number, and writes no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  const [state] = statOf(pid) ?? [];
  return state !== 'Z' && state !== 'X';
}

/** In ticks since the system started (proc(5), field 22); undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** The fields of proc(5) from the third on, the state of the process; the second may hold spaces. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
