/** The tests of what vouches for files: digests, logs on disk with their proofs, attestations, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('cloudtrail', 'manifests', 'transparency', 'attestation');
