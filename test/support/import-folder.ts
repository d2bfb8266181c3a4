/** All test files of a folder in one process: starting one for each takes a second of a processor (measured). Tests only. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ALONE } from './alone.ts';
import './shared-kernel.ts';

let imported: Promise<void> = Promise.resolve();

/** The first tests run while others are still imported: resolves when there is nothing left to import. */
export function allImported(): Promise<void> {
  return imported;
}

export function importTests(...folders: string[]): Promise<void> {
  imported = importEach(folders);
  return imported;
}

async function importEach(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const place = new URL(`../${folder}/`, import.meta.url);
    const files = readdirSync(fileURLToPath(place)).filter((name) => name.endsWith('.test.ts'));
    for (const name of files.sort())
      if (folder !== '.' || !ALONE.includes(name)) await import(new URL(name, place).href);
  }
}
