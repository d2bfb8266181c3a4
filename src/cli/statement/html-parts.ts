/** What only the HTML statement is made of: verdicts of licenses, labelled lines, places of records. */
import type { Place } from '../../model/place.ts';
import { type Html, html } from '../../report/html/html-text.ts';
import { type Labelled, showPlaces } from './words.ts';

export function verdictOf({ verdict }: { verdict: string }): Html {
  return html`<span class="verdict ${verdict}">${verdict}</span>`;
}

export function toLine({ label, text }: Labelled): Html {
  return html`<p>${label}: ${text}</p>`;
}

export function places(first: Place, second: Place | null): Html {
  return html`<span class="place">${showPlaces(first, second)}</span>`;
}
