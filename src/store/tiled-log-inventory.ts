/** The inventory that lies beside a checkpoint in the folder of a sealed log. */
import fs from 'node:fs';
import path from 'node:path';
import { type Inventory, inventoryName, parseInventory } from '../transparency/inventory.ts';
import type { VerifierKey } from '../transparency/note-key.ts';
import { NoteFault, parseNote, verifyNote } from '../transparency/signed-note.ts';
import { equalHashes } from '../transparency/tree-hash.ts';
import { StoreFault } from './tiled-log-files.ts';

/** A million streams of 200 bytes each. */
const MAX_INVENTORY_BYTES = 256 * 1024 * 1024;

/**
 * The inventory of a checkpoint with that size and root, signed by one of those `keys` that are of its log; undefined
 * where there is none.
 * @throws {StoreFault} for one that is not signed, or says something else
 */
export function readInventory(
  folder: string,
  checkpoint: { origin: string; size: bigint | number; root: Uint8Array },
  keys: readonly VerifierKey[],
): Inventory | undefined {
  const file = path.join(folder, inventoryName(Number(checkpoint.size)));
  const fault = (message: string) => new StoreFault(`${file}: ${message}`);
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw fault(`the inventory cannot be read: ${code}`);
  }
  try {
    const note = parseNote(bytes, MAX_INVENTORY_BYTES);
    // A log's key vouches for that log alone, and a witness has never seen an inventory.
    const own = keys.filter(({ name, kind }) => kind !== 'cosignature' && name === checkpoint.origin);
    if (verifyNote(note, own).length === 0)
      throw new NoteFault('no known key of its log signed the inventory');
    const inventory = parseInventory(note.text);
    const fits =
      inventory.origin === checkpoint.origin &&
      BigInt(inventory.size) === BigInt(checkpoint.size) &&
      equalHashes(inventory.root, checkpoint.root);
    if (!fits) throw new NoteFault('the inventory belongs to another checkpoint');
    return inventory;
  } catch (error) {
    if (error instanceof NoteFault) throw fault(error.message);
    throw error;
  }
}

/** Removes the inventories of earlier checkpoints; one that stays behind does no harm. */
export function dropInventories(folder: string, size: number): void {
  for (const name of fs.readdirSync(folder))
    if (/^inventory\.\d+$/.test(name) && name !== inventoryName(size))
      fs.rmSync(path.join(folder, name), { force: true });
}
