/** The heat maps of a license on a terminal. */
import type { LicenseEntry } from './statement.ts';
import { percent, WEEKDAYS } from './words.ts';

/** Three columns an hour: `.` nothing, `==` all of the quantity, `>>` more. */
export function heatLines({ heat }: LicenseEntry): string[] {
  if (heat === null) return [];
  const hasShares = heat.maxShare.some((row) => row.some((share) => share !== null));
  if (!hasShares) return ['  heat map: no quantity to take shares of'];
  const hours = `       ${Array.from({ length: 24 }, (_, hour) => String(hour).padStart(3)).join('')}`;
  const map = (title: string, shares: readonly (readonly (number | null)[])[]) => [
    `  ${title}`,
    hours,
    ...WEEKDAYS.map((day, at) => `    ${day}${shares[at]!.map((share) => heatCell(share)).join('')}`),
  ];
  return [
    ...map('mean use in % of the quantity, by hour', heat.meanShare),
    ...map('highest use in % of the quantity (== all of it, >> more)', heat.maxShare),
  ];
}

function heatCell(share: number | null): string {
  if (share === null) return '   ';
  if (share === 0) return '  .';
  if (share > 1) return ' >>';
  if (share === 1) return ' ==';
  return String(Math.min(99, Math.max(1, percent(share)))).padStart(3);
}
