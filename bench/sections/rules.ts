/** From 25 rules to 3,000: on a flat log of ours and on a nested one, as a folder of files and as one file. */
import { writeChained } from '../data/chained.ts';
import { writeCloudtrail } from '../data/cloudtrail.ts';
import { type RuleKind, writeRules } from '../data/rules.ts';
import { type Command, measureInTurn } from '../measure.ts';
import { CACHE } from '../places.ts';
import { atMost, type Section, timesOf } from '../section.ts';
import { sizeOf, upToJobs, verifyCommand } from '../tool.ts';

const FEW = 25;
const MANY = 3000;
/** Events of the log that shows what reading and compiling the rules takes, before the first event counts. */
const HARDLY_ANY = 5;

export const rules: Section = {
  name: 'rules',
  about: `from ${FEW} rules to ${MANY}`,
  async run({ rulesEvents: events, runs }) {
    const kinds: RuleKind[] = ['audit', 'cloudtrail'];
    const rows = await measureInTurn(
      kinds.flatMap((kind) => toCommands(kind, events)),
      runs,
    );
    return {
      title: `rules: from ${FEW} to ${MANY}`,
      rows: [...rows.values()],
      references: kinds.map((kind) => ({ heading: `${FEW} ${kind}`, row: toName(kind, FEW) })),
      wants: kinds.map((kind) =>
        atMost(
          `${MANY} ${kind} rules against ${FEW}`,
          1.5,
          timesOf(rows.get(toName(kind, MANY)), rows.get(toName(kind, FEW))),
          'x',
        ),
      ),
      notes: [],
    };
  },
};

function toName(kind: RuleKind, amount: number): string {
  return `${kind} events, ${amount} rules`;
}

function toCommands(kind: RuleKind, events: number): Command[] {
  const write = kind === 'audit' ? writeChained : writeCloudtrail;
  const { flags } = upToJobs(2);
  const command = (name: string, amount: number, ruleFlags: string[]) => {
    const file = write(CACHE, amount);
    return verifyCommand({
      name,
      paths: [file],
      events: amount,
      bytes: sizeOf(file),
      flags: ['--no-builtin-rules', ...ruleFlags, ...flags],
    });
  };
  const few = writeRules(CACHE, kind, FEW);
  const many = writeRules(CACHE, kind, MANY);
  return [
    command(`${kind} events, no rules`, events, []),
    command(toName(kind, FEW), events, ['--rules', few.folder]),
    command(toName(kind, MANY), events, ['--rules', many.folder]),
    command(`${kind} events, ${MANY} rules in one file`, events, ['--rules', many.file]),
    command(`${HARDLY_ANY} ${kind} events, ${MANY} rules`, HARDLY_ANY, ['--rules', many.folder]),
  ];
}
