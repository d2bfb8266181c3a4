/** The tests of attestations, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('attestation');
