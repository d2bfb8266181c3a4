/** The look of every page: on light and dark screens, on a phone (where a row of a table is a list of its cells), on paper without colors. */
import { Html } from './html-text.ts';

/** Steps of the heat map, from nothing to all of the quantity. */
export const HEAT_STEPS = 5;

/** Every meaning that a color has, a word, a number or a border has as well. Contrast of text is at least 4.5 to 1 (WCAG 2.2, 1.4.3). */
export const STYLE = new Html(`
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #57606a; --page: #fff; --line: #d0d7de; --panel: #f6f8fa;
  --bad: #a40e26; --good: #116329; --open: #6639ba; --warn: #8a4600; --heat: 9, 105, 218; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9ea7b3; --page: #0d1117; --line: #3d444d;
  --panel: #161b22; --bad: #ff8f87; --good: #6fdd8b; --open: #c8a8ff; --warn: #f0a04b; --heat: 88, 166, 255; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.75rem; margin: 0 0 .5rem; } h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; border-top: 2px solid var(--line);
  padding-top: 1rem; } h3 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; }
p { margin: .4rem 0; } td p:first-child { margin-top: 0; } .faint, caption { color: var(--faint); }
dl { display: grid; grid-template-columns: fit-content(45%) minmax(0, 1fr); gap: .15rem 1rem; margin: .5rem 0; } dt, dd { overflow-wrap: anywhere; }
  dt { color: var(--faint); } dd { margin: 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; white-space: nowrap; padding-bottom: .3rem; font-size: .9rem; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--line); white-space: nowrap; } tbody th { font-weight: 600; min-width: 7rem; } time { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; } code, .place { font: .85em/1.4 ui-monospace, monospace; }
.command { border-left: .2rem solid var(--line); padding-left: .7rem; overflow-wrap: anywhere; } .verdict { font-weight: 700; white-space: nowrap; } .exceeded { color: var(--bad); } .within { color: var(--good); }
.undetermined, .excepted, .incomplete, .open { color: var(--open); } .findings, .failed, .broken, .critical, .high { color: var(--bad); }
.clean, .passed, .anchored, .chained { color: var(--good); } .medium { color: var(--warn); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; } a { color: inherit; }
a:focus-visible, summary:focus-visible, input:focus-visible, .scroll:focus-visible { outline: 3px solid rgb(var(--heat)); outline-offset: 2px; }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; } .badge { font-weight: 700; }
.filter { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; margin: .6rem 0; } .filter[hidden] { display: none; }
.filter input[type=search] { font: inherit; padding: .25rem .5rem; width: min(24rem, 100%); border: 1px solid var(--faint); border-radius: .3rem;
  background: var(--page); color: inherit; }
svg { display: block; max-width: 100%; height: auto; } .scroll svg { max-width: none; } svg text { fill: var(--faint); font: 11px system-ui, sans-serif; }
svg .cell { fill: rgb(var(--heat)); } svg .none { fill: none; stroke: var(--line); } svg .gap { fill: var(--bad); opacity: .2; } svg .bar-of { fill: rgb(var(--heat)); } svg .over { fill: var(--bad); } svg .limit { fill: var(--ink); }
.charts { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; } figure { margin: .5rem 0; max-width: 100%; }
.summary { border: 2px solid currentColor; border-radius: .4rem; padding: .6rem 1rem; margin: 1rem 0; font-weight: 700; background: var(--panel); }
.bar { display: block; width: 10rem; height: .8rem; margin-top: .35rem; border: 1px solid var(--faint); }
.bar span { display: block; height: 100%; background: rgb(var(--heat)); max-width: 100%; } .bar.over { border: 2px solid var(--bad); }
.heat { font-size: .78rem; } .heat th { min-width: 0; padding: .15rem .35rem; white-space: nowrap; border: 0; font-weight: 400; text-align: center; }
.heat td { border: 1px solid var(--line); padding: .2rem 0; width: 2rem; min-width: 2rem; text-align: center; } .heat thead td { border: 0; }
.heat td, .bar span, svg { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
${Array.from({ length: HEAT_STEPS }, (_, step) => `.h${step + 1} { background: rgba(var(--heat), ${(0.09 * (step + 1)).toFixed(2)}); }`).join(' ')}
.heat .full { font-weight: 700; outline: 2px solid var(--ink); outline-offset: -2px; }
.heat .over { font-weight: 700; outline: 3px double var(--bad); outline-offset: -3px; }
@media screen and (max-width: 40rem) { body { padding: 1rem; } caption { white-space: normal; }
  table:not(.heat), table:not(.heat) :is(caption, tbody, tr, th, td) { display: block; } table:not(.heat) thead { display: none; }
  table:not(.heat) tr { border-bottom: 1px solid var(--line); padding: .3rem 0; } table:not(.heat) :is(th, td) { border: 0; padding: .05rem 0; }
  table:not(.heat) :is(th, td) { text-align: left; white-space: normal; } td[data-label]:empty { display: none; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--faint); font-weight: 400; } }
@media print { :root { color-scheme: light; --ink: #000; --faint: #333; --page: #fff; --line: #888; --panel: #fff; --bad: #000;
  --good: #000; --open: #000; --warn: #000; --heat: 90, 90, 90; } body { max-width: none; padding: 0; font-size: 10pt; }
  .scroll { overflow: visible; } .scroll svg { max-width: 100%; } table { font-size: 8.5pt; } td, tbody th { overflow-wrap: anywhere; }
  thead th, time, caption { white-space: normal; } h2, h3 { break-after: avoid; } tr, .summary { break-inside: avoid; } .heat { font-size: 6.5pt; }
  .filter, nav { display: none; } details::details-content { content-visibility: visible; display: block; } .heat th { padding: .1rem; }
  .heat { break-inside: avoid; } .heat td { width: 1.8em; min-width: 1.8em; overflow-wrap: normal; } .bar { width: 6rem; } }
`);
