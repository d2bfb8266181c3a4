/** Texts of people that are signed and stay: why something was deleted or erased, and by whom. */
import type { Problem } from '../model/problem.ts';

/** Characters: what is signed is read by people. */
const MAX_TEXT = 500;

/** Of the options that were given; what is wrong with them goes to `problems`. */
export function checkSignedTexts(
  texts: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): void {
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    const wrong = (message: string) => void problems.push({ file: `--${name}`, line: 0, column: 0, message });
    if (text.trim() === '') wrong('expected words, found nothing');
    else if (text.length > MAX_TEXT || /\p{Cc}/u.test(text))
      wrong(`expected one line of at most ${MAX_TEXT} characters`);
  }
}
