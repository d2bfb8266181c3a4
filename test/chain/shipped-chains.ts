/** The chain profiles of `rules/chains/`, as documents. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = new URL('../../rules/chains/', import.meta.url);

export const SHIPPED_CHAINS: Record<string, unknown> = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file.replace(/\.yaml$/, ''), parse(readFileSync(new URL(file, FOLDER), 'utf8'))]),
);
