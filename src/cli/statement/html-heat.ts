/** The heat maps of a license in HTML: a number in every cell that the log reaches into, and its shade. */

import { type Html, html } from '../../report/html/html-text.ts';
import { HEAT_STEPS } from '../../report/html/style.ts';
import type { LicenseEntry } from './statement.ts';
import { percent, WEEKDAYS } from './words.ts';

export function heatMaps({ heat }: LicenseEntry): Html {
  if (heat === null || heat.maxShare.every((row) => row.every((share) => share === null))) return html``;
  return html`<h3>Utilization by weekday and hour</h3>
<p>${busiest(heat.meanShare)}</p>
${heatMap('Mean use in percent of the quantity in force', heat.meanShare)}
${heatMap('Highest use in percent of the quantity in force; a frame: all of it, a double frame: more', heat.maxShare)}`;
}

type Shares = readonly (readonly (number | null)[])[];

function busiest(shares: Shares): string {
  let best = { share: 0, day: 0, hour: 0 };
  shares.forEach((row, day) => {
    row.forEach((share, hour) => {
      if (share !== null && share > best.share) best = { share, day, hour };
    });
  });
  if (best.share === 0) return 'No use in any hour.';
  const hour = (number: number) => `${String(number % 24).padStart(2, '0')}:00`;
  return `Busiest on average: ${WEEKDAYS[best.day]!} from ${hour(best.hour)} to ${hour(best.hour + 1)}, ${percent(best.share)} %.`;
}

function heatMap(caption: string, shares: Shares): Html {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return html`<div class="scroll"><table class="heat">
<caption>${caption}</caption>
<thead><tr><td></td>${hours.map((hour) => html`<th scope="col">${hour}</th>`)}</tr></thead>
<tbody>
${WEEKDAYS.map(
  (day, at) => html`<tr><th scope="row">${day}</th>${shares[at]!.map(heatCell)}</tr>
`,
)}</tbody>
</table></div>`;
}

function heatCell(share: number | null): Html {
  if (share === null) return html`<td></td>`;
  const step = share === 0 ? 0 : Math.min(HEAT_STEPS, Math.max(1, Math.ceil(share * HEAT_STEPS)));
  const frame = share > 1 ? ' over' : share === 1 ? ' full' : '';
  // More than nothing is no 0, and less than all no 100.
  const shown = share > 0 && share < 1 ? Math.min(99, Math.max(1, percent(share))) : percent(share);
  return html`<td class="h${step}${frame}">${shown}</td>`;
}
