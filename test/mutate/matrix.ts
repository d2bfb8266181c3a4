/** The kill matrix as text: one letter a cell for the terminal and the docs, and what the letters stand for. Tests only. */
import { PROTOCOL_MAKERS } from '../support/made-protocol.ts';
import { ATTACK_NAMES, type AttackName } from './attacks.ts';
import { FLIP, FLIP_OUTCOME } from './compressed-flips.ts';
import { type Outcome, outcomeOf } from './expected.ts';
import { attackedProfile } from './profiles.ts';
import { MADE_PROFILES, RECOGNIZED, ROWS, recognizedRow } from './run-all.ts';
import { type Cell, newCell } from './run-cases.ts';
import { protocolOutcome } from './run-protocol.ts';
import { traitsOf } from './scene.ts';

const LETTERS: Readonly<Record<Outcome['kind'], string>> = {
  detected: 'D',
  anchor: 'a',
  quiet: '-',
  'not-applicable': '.',
};

export const KEY = [
  'D  detected, under the right name and at the right place',
  'a  silent, said so in the limits of the stream, and shown by an anchor (seal, checkpoint)',
  '-  no alarm, and none is due',
  '.  there is no place for it: the reason stands below',
  '!  otherwise than expected',
];

export function rowOf({ row, attack }: Cell): string {
  return row ?? attack;
}

export function letterOf({ outcome, missed, cases, unplaced }: Cell): string {
  if (missed > 0) return '!';
  return cases === 0 && unplaced > 0 ? '.' : LETTERS[outcome.kind];
}

/** One line a profile, one column a row of `ROWS`, which is numbered. */
export function drawMatrix(cells: readonly Cell[], rows: readonly string[] = ROWS): string[] {
  const profiles = [...new Set(cells.map(({ profile }) => profile))];
  const width = Math.max(...profiles.map(({ length }) => length)) + 2;
  const digits = (from: (column: number) => string) =>
    ' '.repeat(width) + rows.map((_, index) => from(index + 1)).join('');
  const at = new Map(cells.map((cell) => [`${cell.profile} ${rowOf(cell)}`, cell]));
  return [
    digits((column) => (column % 10 === 0 ? String(column / 10) : ' ')),
    digits((column) => String(column % 10)),
    ...profiles.map((profile) => {
      const letters = rows.map((row) => {
        const cell = at.get(`${profile} ${row}`);
        return cell === undefined ? ' ' : letterOf(cell);
      });
      return profile.padEnd(width) + letters.join('');
    }),
  ];
}

/** What came of the cells that share a letter, in words. */
export function wordsOf({ outcome, reason, cases, unplaced }: Cell): string {
  if (outcome.kind === 'not-applicable') return outcome.reason;
  if (cases === 0 && unplaced > 0) return reason;
  if (outcome.kind === 'anchor') return 'said in the limits, shown by an anchor';
  if (outcome.kind === 'quiet') return 'no alarm';
  const codes = outcome.codes.map((code) => `\`${code}\``).join(' or ');
  return outcome.unless === undefined ? codes : `${codes}, or said in the limits and shown by an anchor`;
}

/** Every cell as it is expected, without running anything. */
export function expectedCells(): Cell[] {
  return MADE_PROFILES.flatMap((profile) => {
    const cell = (row: string, attack: string, outcome: Outcome): Cell => ({
      ...newCell(profile, attack, outcome),
      row,
    });
    const flip = cell(FLIP, FLIP, FLIP_OUTCOME);
    const isProtocol = Object.hasOwn(PROTOCOL_MAKERS, profile);
    const named = (attack: AttackName, recognized: boolean) =>
      isProtocol
        ? protocolOutcome(profile, attack)
        : outcomeOf(attack, traitsOf(attackedProfile(profile), recognized));
    return [
      ...ATTACK_NAMES.map((attack) => cell(attack, attack, named(attack, false))),
      flip,
      ...(isProtocol
        ? []
        : RECOGNIZED.map((attack) => cell(recognizedRow(attack), attack, named(attack, true)))),
    ];
  });
}

/** `docs/attack-matrix.md`. */
export function matrixPage(): string {
  const cells = expectedCells();
  const lines = [
    '# Attack matrix',
    '',
    '<!-- Written by `npm run mutate -- --page`; test/mutate.test.ts holds it to what the matrix expects. -->',
    '',
    'What comes of each attack on a good log of each chain profile. `npm run mutate` makes logs, attacks them at random',
    'places and exits 1 where a single case comes out otherwise; the ordinary tests do so with two cases a cell. A profile',
    'for which an attack finds no place in a log (no field is left out of the hash, no text can be moved) has a letter here',
    'all the same: what would have to come of it.',
    '',
    '```text',
    ...drawMatrix(cells),
    '',
    ...KEY.slice(0, -1),
    '```',
    '',
    'No profile is named for protocols (`acra`, `did-webvh`, `plc`, `rksv`, `saf-t-pt`): they are always recognized. `pangea`',
    'is not in it: its own tests attack it.',
    '',
    '| | attack | what comes of it |',
    '|---|---|---|',
  ];
  for (const [index, row] of ROWS.entries()) {
    const groups = new Map<string, string[]>();
    for (const cell of cells.filter((each) => rowOf(each) === row)) {
      const words = `${letterOf(cell)} ${wordsOf(cell)}`;
      groups.set(words, [...(groups.get(words) ?? []), cell.profile]);
    }
    const most = Math.max(...[...groups.values()].map(({ length }) => length));
    const texts = [...groups]
      .sort(([, left], [, right]) => right.length - left.length)
      .map(([words, profiles], at) => {
        const who =
          at === 0 && profiles.length === most
            ? groups.size === 1
              ? ''
              : 'most: '
            : `${profiles.join(', ')}: `;
        return who + words;
      });
    lines.push(`| ${index + 1} | ${row} | ${texts.join('<br>')} |`);
  }
  return `${lines.join('\n')}\n`;
}
