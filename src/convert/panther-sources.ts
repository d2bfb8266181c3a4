/**
 * The log types of Panther that a source here reads, and the log source that Sigma calls them by.
 * https://docs.panther.com/data-onboarding/supported-logs
 */
import type { Logsource } from '../model/rule.ts';

/** `source` is the name of a mapping in `rules/sources`. */
type LogType = { source: string; logsource: Logsource };

const KNOWN: Readonly<Record<string, LogType>> = {
  'AWS.CloudTrail': { source: 'cloudtrail', logsource: { product: 'aws', service: 'cloudtrail' } },
  'Amazon.EKS.Audit': { source: 'kubernetes', logsource: { product: 'kubernetes', service: 'audit' } },
  'Azure.Audit': { source: 'entra', logsource: { product: 'azure' } },
  'Azure.MonitorActivity': {
    source: 'azure-activity',
    logsource: { product: 'azure', service: 'activitylogs' },
  },
  'GCP.AuditLog': { source: 'gcp', logsource: { product: 'gcp', service: 'gcp.audit' } },
  'GSuite.ActivityEvent': { source: 'google-workspace', logsource: { product: 'gcp' } },
  'GitHub.Audit': { source: 'github', logsource: { product: 'github', service: 'audit' } },
  'Gravitational.TeleportAudit': { source: 'teleport', logsource: { product: 'teleport', service: 'audit' } },
  'Microsoft365.Audit.AzureActiveDirectory': {
    source: 'm365',
    logsource: { product: 'm365', service: 'audit' },
  },
  'Microsoft365.Audit.Exchange': { source: 'm365', logsource: { product: 'm365', service: 'exchange' } },
  'Microsoft365.Audit.SharePoint': { source: 'm365', logsource: { product: 'm365', service: 'sharepoint' } },
  'Okta.SystemLog': { source: 'okta', logsource: { product: 'okta', service: 'okta' } },
  'Slack.AuditLogs': { source: 'slack', logsource: { product: 'slack', service: 'audit' } },
  'Windows.EventLogs': { source: 'windows', logsource: { product: 'windows' } },
};

/** The names of log types with a source of ours. */
export const KNOWN_LOG_TYPES: readonly string[] = Object.keys(KNOWN);

/**
 * What a log type is here. Where no source reads it, the words that a mapping would have: such a rule is reported as not
 * applicable until there is one, instead of meeting the events of others.
 */
export function logTypeOf(name: string): LogType & { isKnown: boolean } {
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  if (known !== undefined) return { ...known, isKnown: true };
  const [product = '', ...rest] = name.toLowerCase().split('.');
  const service = rest.join('.');
  const source = [product, ...rest].join('-');
  return { source, logsource: { product, ...(service !== '' && { service }) }, isKnown: false };
}
