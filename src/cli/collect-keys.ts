/** Keys of `collect`: the one that signs and those that encrypt. They come from files; a message never repeats one. */
import type { Problem } from '../model/problem.ts';
import type { SignerKey } from '../transparency/note-key.ts';
import { readSignerKey } from './key-command.ts';
import { secretIn } from './secret-text.ts';
import { readText } from './yaml-file.ts';

export function readLogSigner(file: string, problems: Problem[]): SignerKey | undefined {
  const signer = readSignerKey(file, problems);
  if (signer === undefined || signer.kind === 'ed25519') return signer;
  problems.push({ file, line: 1, column: 1, message: 'expected the key of a log, found one of a witness' });
  return undefined;
}

type RecipientOptions = { recipient?: string[]; recipientsFile?: string[] };

/** Recipients of age: those of the arguments, and of files with one a line, `#` before a comment (as `age -R`). Each once. */
export function readRecipients(options: RecipientOptions, problems: Problem[]): string[] {
  const recipients = new Set<string>();
  const add = (text: string, file: string, line: number) => {
    if (/^age1[0-9a-z]+$/.test(text)) recipients.add(text);
    else problems.push({ file, line, column: line > 0 ? 1 : 0, message: notRecipient(text) });
  };
  for (const text of options.recipient ?? []) add(text, '--recipient', 0);
  for (const file of options.recipientsFile ?? []) {
    const lines = readText(file, problems)?.split('\n') ?? [];
    const before = recipients.size;
    for (const [index, line] of lines.entries()) {
      const text = line.trim();
      if (text !== '' && !text.startsWith('#')) add(text, file, index + 1);
    }
    if (recipients.size === before && !problems.some((problem) => problem.file === file))
      problems.push({ file, line: 0, column: 0, message: 'expected recipients, one a line, found none' });
  }
  return [...recipients];
}

function notRecipient(text: string): string {
  const secret = secretIn(text);
  if (secret === undefined) return 'expected a recipient "age1…", found something else';
  return `expected a recipient "age1…", found ${secret}: keep it to those who read, and give its recipient`;
}
