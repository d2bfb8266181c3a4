/** Writes docs/controls.md: every control of every pack that comes with us, and what is looked at for it. */
import { asksOf } from '../src/cli/list.ts';
import type { Rule } from '../src/model/rule.ts';
import { CHECK_KINDS } from '../src/packs/index.ts';
import type { Pack, PackControl } from '../src/packs/pack.ts';

export function renderControlDocs(packs: readonly Pack[], rules: readonly Rule[]): string {
  const controls = packs.flatMap((pack) => pack.controls);
  const open = controls.filter(({ checks }) => checks.length === 0).length;
  const lines = [
    '# The shipped control packs',
    '',
    `${packs.length} packs with ${controls.length} controls, of which ${open} say why no log shows anything of them. Made by`,
    '`UPDATE=1 node --import tsx --test test/packs/docs.test.ts` from `rules/packs/`.',
    '',
    '`audit-check verify logs --pack soc2 --pack gdpr` holds logs to them; `packs:` in `audit-check.yaml` does so always, and',
    'takes packs of your own by path. Titles are our own words: the text of a framework is where the link leads.',
    '',
    'A control is worth what the worst of its checks is:',
    '',
    '- **passed**: everything that is asked was seen in at least one event (day, source, license), and nothing spoke against it.',
    '- **failed**: the log shows a breach. Whatever finding of medium severity or worse names the control fails it.',
    '- **undetermined**: this run cannot tell. A rule that could not run, or that left events out for a field that they',
    '  lack, a file that was not read whole, a malformed record, or a source that no mapping fits leave a control open, and so do',
    '  findings of low severity that want a look, a field that no schema demands of every event, a source none of whose times can',
    '  be read, and a rule that is in force at no time of the log where none other is asked.',
    '  Rules that found nothing pass a control only if one of them, and each that the pack calls by its name, had events of its',
    '  kind to judge: those that bear the name of event it asks for. Where each such event is a breach, a rule of a product passes',
    '  by the records of the product, and one for a log in its own words by the events that its `shown-by` names.',
    '  That no event is too old is told as of `--now` alone: the end of the log is not today. Silence does not show in a run of',
    '  some events (`--since`, `--until`), in less time than it may last, or where the whole log ended so long ago.',
    '- **excepted**: all that speaks against it is waived, nothing is open, and the waivers are named. Somebody answers for it,',
    '  and it has not passed. A chain that broke fails its control whatever is waived.',
    '- **not assessable**: no log can show it, and the pack says why.',
    '',
    'None of them says that a framework is complied with. The strength is what such checks can show at best: of what is',
    '`strong`, logs show most; of what is `partial`, a part.',
    '',
    'Integrity is judged by every finding of chains, sealed logs, archives, lists of digests and CloudTrail digests, beside what',
    'vouches for the records that were read: where a file is gone, or a log was put back, the records that are left may all hold.',
    '',
    '## Kinds of checks',
    '',
    '| key | asks |',
    '| --- | ---- |',
    ...CHECK_KINDS.map(({ name, title }) => `| \`${name}\` | ${title} |`),
    '',
    'How long is long: a kind of event that must be there is missed after 90 days of log; days are missing where more than',
    'seven in a row are empty; times count to `--now`, or else to the last event. `keep: {minimum: 12 months, maximum: 24',
    'months}` in `audit-check.yaml` says how long your organization keeps its logs, for controls that leave it to you. Without a',
    'pack too, the report carries these ages, the page shows by source until when the newest event must be kept and from when',
    'on the oldest is past the maximum, and the text says whether something is: arithmetic, no legal advice, and silent on',
    'events without a time.',
    '',
    ...packs.flatMap((pack) => packLines(pack, rules)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function packLines(pack: Pack, rules: readonly Rule[]): string[] {
  const { name, title, version, effective, superseded, successor, url, controls } = pack;
  const over =
    superseded === undefined
      ? ''
      : ` Superseded since ${superseded}${successor ? ` by \`${successor}\`` : ''}.`;
  return [
    `## ${name}`,
    '',
    `[${title}](${url}), version ${version}, in force since ${effective}.${over}`,
    '',
    '| control | in our words | strength | what is looked at |',
    '| ------- | ------------ | -------- | ----------------- |',
    ...controls.map(
      (control) =>
        `| ${control.id} | ${wordsOf(control)} | ${control.strength} | ${looksAt(control, rules)} |`,
    ),
    '',
  ];
}

function wordsOf({ title, effective, superseded }: PackControl): string {
  const dates = [effective && `since ${effective}`, superseded && `until ${superseded}`].filter(Boolean);
  return dates.length > 0 ? `${title} (${dates.join(', ')})` : title;
}

function looksAt({ checks, reason }: PackControl, rules: readonly Rule[]): string {
  const asks = checks.flatMap((check) => asksOf(check, rules));
  return [
    ...asks,
    ...(reason === undefined ? [] : [checks.length === 0 ? `nothing: ${reason}` : `(${reason})`]),
  ].join('; ');
}
