/** The tests of digest files. */
import { importTests } from '../support/import-folder.ts';

await importTests('cloudtrail');
