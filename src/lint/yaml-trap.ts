/** Values that YAML 1.1 readers (pySigma among them) take for something else than is written: `No`, `0123`, `12:30:00`. */
import { bodyOf, itemsOf, type LintDefinition, valuesOf } from './lint.ts';

const TRAPS: readonly [form: RegExp, taken: string][] = [
  [/^(?:y|n|yes|no|on|off)$/i, 'a boolean'],
  [/^[-+]?0[0-7]+$/, 'an octal number'],
  [/^[-+]?0\d+$/, 'a number without its leading zero by some and text by others'],
  [/^[-+]?\d+(?::[0-5]?\d)+(?:\.\d*)?$/, 'a number to the base 60'],
  [/^\d{4}-\d{2}-\d{2}$/, 'a date'],
  [/^[-+]?\d[\d_]*_[\d_]*$/, 'a number'],
];

export const yamlTrap: LintDefinition = {
  code: 'yaml-trap',
  title: 'value that another YAML reader takes for something else',
  level: 'warning',
  check(document, report) {
    const body = bodyOf(document);
    if (body === undefined) return;
    for (const { entry } of itemsOf(body)) {
      for (const value of valuesOf(entry.value)) {
        // Quoted texts are what they are.
        if (value.kind !== 'text' || value.inset === 1) continue;
        const trap = TRAPS.find(([form]) => form.test(value.text));
        if (trap !== undefined)
          report(
            value,
            `${value.text} is text here and ${trap[1]} in YAML 1.1; write "${value.text}" in quotes`,
          );
      }
    }
  },
};
