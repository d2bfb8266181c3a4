/** Every attack by its name. Tests only. */
import { ATTACKS_ON_ORDER } from './attacks-on-order.ts';
import { ATTACKS_ON_RECORDS } from './attacks-on-records.ts';

export const ATTACKS = { ...ATTACKS_ON_RECORDS, ...ATTACKS_ON_ORDER };

export type AttackName = keyof typeof ATTACKS;

export const ATTACK_NAMES = Object.keys(ATTACKS) as AttackName[];
