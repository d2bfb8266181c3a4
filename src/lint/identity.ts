/** What names a rule in reports and across versions: an id that is a UUID, a level, a title that is a line. */
import { scalarText } from '../base/yaml-shape.ts';
import { entryOf, type LintDefinition } from './lint.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Sigma 2.1: at most 256 characters. */
const MAX_TITLE = 256;

export const identity: LintDefinition = {
  code: 'identity',
  title: 'rule without a stable id, or with a title that is none',
  level: 'note',
  check({ root, kind }, report) {
    if (kind === undefined || kind === 'table') return;
    const textOf = (key: string) => {
      const node = entryOf(root, key)?.value;
      return node === undefined ? undefined : scalarText(node);
    };
    const [id, name, title] = ['id', 'name', 'title'].map(textOf);
    if (id === undefined && name === undefined)
      report(root, 'without "id" or "name" findings are known by the title, and change with it');
    else if (id !== undefined && !UUID.test(id))
      report(entryOf(root, 'id')!.value, `Sigma wants a UUID for "id", found ${JSON.stringify(id)}`);
    if (title !== undefined && title.length > MAX_TITLE)
      report(
        entryOf(root, 'title')!.value,
        `the title has ${title.length} characters, Sigma allows ${MAX_TITLE}`,
      );
    if (kind !== 'filter' && textOf('level') === undefined)
      report(root, 'without "level" its findings are medium');
  },
};
