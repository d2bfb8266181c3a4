/** `conflicts`: duties that one subject must not carry out both of. */
import type { ShapeReader } from '../base/yaml-shape.ts';
import { refuseUnknownKeys } from './role-shape.ts';
import type { Conflict } from './role-table.ts';

/** `- {name: pay alone, between: {create: [invoice.create], approve: [invoice.approve]}, per: resource}` */
export function readConflicts(reader: ShapeReader): Conflict[] {
  return reader.shapes('conflicts').flatMap((conflict): Conflict[] => {
    refuseUnknownKeys(conflict, ['name', 'between', 'per']);
    const between = conflict.shape('between');
    const sides = (between?.map.entries ?? []).map(({ key }) => ({
      name: key,
      actions: between!.texts(key),
    }));
    const name = conflict.text('name');
    if (sides.length < 2 || sides.some(({ actions }) => actions.length === 0)) {
      conflict.problem(
        conflict.map,
        'a conflict needs "between": two sides at least, each a name with its actions, as in {create: [invoice.create], approve: [invoice.approve]}',
      );
      return [];
    }
    const per = conflict.choice('per', ['subject', 'resource']) ?? 'subject';
    return [
      { name: name ?? sides.map((side) => side.name).join(' and '), line: conflict.map.line, sides, per },
    ];
  });
}
