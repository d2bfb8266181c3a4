/** What holds where a contract says nothing of the kind. docs/license-contract.md tells its reader the same. */
import type { FieldRef } from '../../model/mark.ts';
import type { Contract, EventWords, LicenseFields } from './contract.ts';

export const DEFAULT_COVERAGE = 99;

export const DEFAULT_EVENTS: EventWords = {
  open: ['license.checkout'],
  close: ['license.checkin'],
  use: ['license.activate', 'license.use'],
  denied: ['license.denied'],
  borrow: ['license.borrow'],
  // A reread (server.reread) is none: sessions go on.
  restart: ['server.start', 'server.stop'],
  assign: ['license.assign'],
  revoke: ['license.revoke'],
  upgrade: ['license.upgrade'],
  cancel: ['license.cancel', 'billing.meter_event_adjustment'],
};

const raw = (...names: string[]): FieldRef[] => names.map((name) => ({ taxonomy: 'raw', name }));

export const DEFAULT_FIELDS: LicenseFields = {
  feature: raw('license', 'feature', 'license.feature'),
  session: [{ taxonomy: 'audit', name: 'session' }],
  host: raw('host', 'hostname', 'license.host'),
  quantity: raw('quantity', 'license.quantity'),
  version: raw('version', 'license.version'),
  daemon: raw('daemon'),
  environment: raw('environment', 'env', 'license.environment'),
  // Lago calls it `code`, Stripe `event_name`.
  meter: raw('meter', 'code', 'event_name'),
  device: raw('device', 'device_id', 'fingerprint', 'host', 'hostname', 'license.host'),
  country: raw('country', 'country_code', 'geo.country'),
  assignee: raw('assignee', 'assigned_to'),
  seat: raw('seat', 'seat_id'),
  reason: [{ taxonomy: 'audit', name: 'reason' }],
  received: raw('received_at', 'ingested_at'),
  canceled: raw('canceled', 'cancels'),
};

/** The fields that a contract names instead. */
export function namedFields({ fields }: Pick<Contract, 'fields'>): { concept: string; fields: FieldRef[] }[] {
  return (Object.keys(DEFAULT_FIELDS) as (keyof LicenseFields)[])
    .filter((concept) => JSON.stringify(fields[concept]) !== JSON.stringify(DEFAULT_FIELDS[concept]))
    .map((concept) => ({ concept, fields: fields[concept] }));
}

export const DEFAULT_PERSON: FieldRef[] = [{ taxonomy: 'audit', name: 'actor' }];
