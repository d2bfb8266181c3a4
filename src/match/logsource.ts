/** Which sources a rule is for: a rule runs only where its logsource says so, else keyword rules match everything. */
import type { Detection, Logsource } from '../model/rule.ts';

/**
 * Every word the rule names must be the source's word; a source that says nothing about it is another source.
 * Only a category beside a product and a service that both agree adds nothing (Kubernetes rules say `application`).
 * A rule with an empty logsource is for all sources, as those of `taxonomy: audit` mostly are.
 */
export function appliesTo(
  { logsource }: Pick<Detection, 'logsource'>,
  source: Logsource,
  options: { ignoreLogsource?: boolean } = {},
): boolean {
  if (options.ignoreLogsource === true) return true;
  const agrees = (key: keyof Logsource) =>
    logsource[key] === undefined || logsource[key].toLowerCase() === source[key]?.toLowerCase();
  if (!agrees('product') || !agrees('service')) return false;
  const named = logsource.product !== undefined && logsource.service !== undefined;
  return agrees('category') || (named && source.category === undefined);
}
