/** What a user sees who may not read everything, where root runs the tests. Tests only. */
import { discover } from '../../src/read/discover.ts';
import { allImported } from './import-folder.ts';

const NOBODY = 65_534;

/** Root may read everything: there the work is done as nobody. The project may lie where nobody goes, so what is loaded late is there before. */
export async function asOrdinaryUser<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return work();
  await allImported();
  await discover(['no-such-*'], []);
  process.seteuid!(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
