/** The words of a measure sentence, one after another, and what is said of a word that is none of those expected. */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';

/** `column` counts characters into the sentence, from 0. */
export type MeasureProblem = (column: number, message: string) => undefined;

export type Word = { text: string; column: number };

export class SentenceWords {
  readonly sentence: string;
  readonly problem: MeasureProblem;
  private readonly words: readonly Word[];
  private at = 0;

  constructor(sentence: string, problem: MeasureProblem) {
    this.sentence = sentence;
    this.problem = problem;
    this.words = [...sentence.matchAll(/\S+/g)].map(
      (match): Word => ({ text: match[0], column: match.index }),
    );
  }

  next(): Word | undefined {
    return this.words[this.at++];
  }

  /** The next two, which stay to come. */
  get coming(): [Word | undefined, Word | undefined] {
    return [this.words[this.at], this.words[this.at + 1]];
  }

  /** Where a clause has its value, or where it would stand. */
  placeOf(clause: string): Word | undefined {
    const [word, value] = this.coming;
    return word?.text === clause ? value : word;
  }

  /** Passes over the word that begins a clause, where it is there. */
  clause(word: string): boolean {
    const present = this.words[this.at]?.text === word;
    if (present) this.at++;
    return present;
  }

  refuse(word: Word | undefined, expected: string, names: readonly string[] = []): undefined {
    const found =
      word === undefined ? 'the end of the measure' : `${quote(word.text)}${didYouMean(word.text, names)}`;
    return this.problem(word?.column ?? this.sentence.length, `expected ${expected}, found ${found}`);
  }
}
