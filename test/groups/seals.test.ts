/** The tests of files that vouch for files, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('cloudtrail', 'manifests');
