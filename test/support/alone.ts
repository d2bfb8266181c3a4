/** The tests of the whole that have a process of their own: they change the folder they are in, or take long. */
export const ALONE: readonly string[] = [
  'fixtures.test.ts',
  'mutate.test.ts',
  'determinism.test.ts',
  'integrations.test.ts',
];
