/** Narrows the findings by text and severity; where scripts do not run, its controls stay hidden and all findings stand. */
import crypto from 'node:crypto';

/** Names of classes and attributes are those of `findings.ts`. No log text is ever made markup: only `hidden` is set. */
export const FILTER_SCRIPT = `
'use strict';
const form = document.getElementById('filter');
if (form) {
  const search = form.querySelector('input[type=search]');
  const boxes = [...form.querySelectorAll('input[type=checkbox]')];
  const told = form.querySelector('output');
  const groups = [...document.querySelectorAll('details[data-severity]')];
  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const group of groups) {
      const title = group.querySelector('summary').textContent.toLowerCase();
      let any = false;
      for (const row of group.querySelectorAll('tbody tr')) {
        const isWanted = severities.has(group.dataset.severity) && (title.includes(wanted) || row.textContent.toLowerCase().includes(wanted));
        row.hidden = !isWanted;
        if (isWanted) { any = true; shown += 1; }
      }
      group.hidden = !any;
      if (wanted !== '' && any) group.open = true;
    }
    told.textContent = shown + ' shown';
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
}
`;

/** What the page's Content-Security-Policy lets run. */
export const FILTER_DIGEST = crypto.createHash('sha256').update(FILTER_SCRIPT).digest('base64');
