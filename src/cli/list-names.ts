/** The kinds that `audit-check list` knows; apart from the listing itself, so that `--help` need not load it. */
export const LISTS = [
  'sources',
  'checks',
  'rules',
  'chains',
  'formats',
  'codes',
  'packs',
  'controls',
  'measures',
] as const;
export type ListName = (typeof LISTS)[number];
