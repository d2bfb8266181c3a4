/** The table of docs/license-sources.md says what the mappings read. `UPDATE=1` writes it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import type { AuditField } from '../../src/model/event.ts';
import type { Mapping } from '../../src/sources/mapping.ts';
import { SHIPPED, shipped } from './shipped-mappings.ts';

const PAGE = new URL('../../docs/license-sources.md', import.meta.url);
const TABLE = /(<!-- table: .* -->\n)[\s\S]*?(<!-- \/table -->)/;

const SOURCES = [
  'cloudevents',
  'lago',
  'stripe-meter',
  'keygen',
  'github-licenses',
  'gitlab-billable',
  'gitlab-license',
];

const code = (names: readonly string[]) =>
  names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ');

/** The paths of a field's alternatives, those in envelopes left out. */
function pathsOf(mapping: Mapping, field: AuditField): string {
  const paths = (mapping.fields[field]?.alternatives ?? []).flatMap((each) =>
    each.kind === 'path' ? [mapping.paths[each.path]!] : [],
  );
  return code([...new Set(paths.filter((path) => !path.startsWith('event.')))]);
}

function identityOf(mapping: Mapping): string {
  const own = mapping.identity.map((paths) => paths.map((path) => mapping.paths[path]!));
  return own[0] === undefined ? 'the whole of it' : own[0].map((path) => `\`${path}\``).join(' + ');
}

function rowOf(mapping: Mapping): string {
  const cells = [
    `\`${mapping.name}\``,
    mapping.title,
    pathsOf(mapping, 'time'),
    pathsOf(mapping, 'actor'),
    code(mapping.aliases.feature ?? []),
    code(mapping.aliases.quantity ?? []),
    identityOf(mapping),
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(): string {
  const head = '| source | is | time | person | `feature` | `quantity` | one record |';
  const rows = SOURCES.map((name) => rowOf(shipped(name)));
  return `\n${[head, '| - | - | - | - | - | - | - |', ...rows].join('\n')}\n\n`;
}

test('the table says of each source what its mapping reads', () => {
  const page = fs.readFileSync(PAGE, 'utf8');
  const expected = page.replace(TABLE, (_, begin: string, end: string) => `${begin}${table()}${end}`);
  if (process.env.UPDATE === '1') fs.writeFileSync(PAGE, expected);
  else assert.equal(page, expected, 'UPDATE=1 writes it');
  assert.match(expected, TABLE);
});

test('every source of which a record is license use is in the table', () => {
  const words = (mapping: Mapping) =>
    (mapping.fields.action?.alternatives ?? []).flatMap((each) =>
      each.kind === 'literal'
        ? [each.value]
        : each.kind === 'path'
          ? (each.translation?.entries ?? []).map(({ value }) => value)
          : [],
    );
  const jsonSources = SHIPPED.filter((mapping) =>
    words(mapping).some((word) => /^license\.(?:use|level|activate)$/.test(word)),
  );
  assert.deepEqual(jsonSources.map(({ name }) => name).sort(), SOURCES.toSorted());
});
