/**
 * Measures of vendors by name, each as sentences of the one grammar: data, no code of their own. Where a vendor changed its
 * definition, each has the day from which it holds. docs/license-measures.md is written from this table.
 */

type PresetVersion = {
  /** The first day; none for the definition that always held. */
  from?: string;
  sentence: string;
  /** Why periods that begin in this time are not judged. */
  unknown?: string;
};

export type Preset = {
  title: string;
  versions: readonly PresetVersion[];
  /** What stands after the clauses that a contract adds to the name. */
  last?: string;
  /** Whose days and months are those of UTC: in another zone the figure would be another. */
  isOfUtc?: true;
  /** What the contract has to say for the figure to be the vendor's. */
  needs?: string;
  source: string;
};

const FLOATING = 'count seats each instant take max over month';

/** Credits of an hour by size; a figure in seconds of the smallest, of which 3,600 are a credit. */
const SNOWFLAKE_SIZES =
  'times 1 for x-small, 2 for small, 4 for medium, 8 for large, 16 for x-large, 32 for 2x-large, 64 for 3x-large, 128 for 4x-large';

export const PRESETS: Readonly<Record<string, Preset>> = {
  'atlassian-monthly': {
    title:
      'Atlassian Cloud, monthly: the highest number of users of the billing period; before, the number at its end',
    versions: [
      { sentence: 'count assigned person each instant take last over month' },
      {
        from: '2025-07-14',
        sentence: 'count assigned person each instant take max over month',
        unknown:
          'Atlassian moved each subscription on a day of its own between 2025-07-14 and the end of October 2025',
      },
      { from: '2025-11-01', sentence: 'count assigned person each instant take max over month' },
    ],
    needs: 'a billing period that is the calendar month; else the sentence with "over month anchored DAY"',
    source:
      'https://support.atlassian.com/subscriptions-and-billing/docs/how-maximum-quantity-billing-works/',
  },
  'datadog-hosts': {
    title: 'Datadog infrastructure hosts: the highest hour of the month, the top 1 % of hours left out',
    versions: [{ sentence: 'count distinct host each hour take drop-top 1% over month' }],
    isOfUtc: true,
    needs: '"timezone: UTC"',
    source: 'https://docs.datadoghq.com/account_management/billing/',
  },
  'flexnet-floating': {
    title: 'FlexNet floating licenses: seats in use at once',
    versions: [{ sentence: FLOATING }],
    needs: '"share" for DUP_GROUP and "linger" for LINGER',
    source:
      'https://docs.revenera.com/fnp/2024r1/LicAdmin_Guide/Content/helplibrary/Floating__Concurrent__Licenses.htm',
  },
  'github-seats': {
    title: 'GitHub Enterprise: people who hold a license, each once in the whole enterprise',
    versions: [{ sentence: 'count assigned person each instant take max over month' }],
    needs: '"people" that joins the accounts of one person',
    source: 'https://docs.github.com/en/billing/reference/github-license-users',
  },
  'github-user-days': {
    title: 'GitHub AE (2021): who was added once counts every day until the month ends, removed or not',
    versions: [{ sentence: 'count assigned person so far each day take sum over month' }],
    needs: '"timezone: UTC", and "people" that joins the accounts of one person',
    source: 'https://github.com/github/docs/pull/6123',
  },
  'gitlab-billable': {
    title: 'GitLab maximum users: the most billable users at the daily count, over the license term',
    versions: [{ sentence: 'count assigned person each day at 23:50 take max over term' }],
    needs: 'the server\'s time zone, and "people" that excludes bots, and on Ultimate guests',
    source: 'https://gitlab.com/gitlab-org/gitlab/-/issues/338253',
  },
  'ibm-pvu': {
    title: 'IBM PVU sub-capacity: the high-water mark of value units over the quarter',
    versions: [{ sentence: 'count level(pvu) each instant take max over quarter' }],
    needs: 'readings of each host in a field "pvu"',
    source: 'https://docs.microfocus.com/UCMDB/2022.11/cp-docs/docs/eng/class_model/html/ilmt_license.html',
  },
  'jetbrains-floating': {
    title: 'JetBrains floating licenses: tickets in use at once',
    versions: [{ sentence: FLOATING }],
    source: 'https://www.jetbrains.com/help/license_server/',
  },
  'keygen-machines': {
    title: 'Keygen machines: activated and not deactivated, at once',
    versions: [{ sentence: 'count assigned session each instant take max over month' }],
    needs:
      '"events: {assign: license.activate, revoke: license.deactivate, use: []}", as event logs are read: they name a machine as the session, and not its fingerprint',
    source: 'https://keygen.sh/docs/activating-machines/',
  },
  'mathworks-concurrent': {
    title: 'MathWorks concurrent licenses: seats in use at once',
    versions: [{ sentence: FLOATING }],
    source: 'https://www.mathworks.com/pricing-licensing.html',
  },
  'ms-cal-device': {
    title: 'Microsoft device CAL: devices within the 90 days in which a license cannot be given to another',
    versions: [{ sentence: 'count distinct host each 90d take max over month' }],
    source: 'https://doc.prednyslm.eu/licensing/universal/ms_license_reassignment',
  },
  'ms-cal-ratio': {
    title:
      'Microsoft CAL: devices for each user. As long as a device CAL costs no more, they are the cheaper cover at 1 or less',
    versions: [{ sentence: 'count distinct host per person each 90d take max over month' }],
    needs:
      'a quantity that is the price of a user CAL divided by that of a device CAL, "set: 1" where they cost the same',
    source: 'https://doc.prednyslm.eu/licensing/universal/ms_license_reassignment',
  },
  'ms-cal-user': {
    title: 'Microsoft user CAL: people within the 90 days in which a license cannot be given to another',
    versions: [{ sentence: 'count distinct person each 90d take max over month' }],
    source: 'https://doc.prednyslm.eu/licensing/universal/ms_license_reassignment',
  },
  'oracle-nup': {
    title:
      'Oracle Named User Plus: everyone authorized, active or not, and no fewer than the minimum of the processors',
    versions: [{ sentence: 'count assigned person each instant take max over term' }],
    needs: '"at least N", with N the minimum per processor times the processors: "oracle-nup at least 200"',
    source: 'https://www.remend.com/faqs/how-do-i-calculate-processors-using-the-core-factor-table/',
  },
  'oracle-processor': {
    title: 'Oracle Processor: cores times the core factor, each kind of core rounded up by itself',
    versions: [{ sentence: 'count level(cores) by cpu each instant take max over term' }],
    last: 'round up',
    needs:
      'the factors of the table that the contract refers to: "oracle-processor times 0.5 for xeon*, 1 for power*"',
    source: 'https://orange-opensource.github.io/optisam-backend/pages/sam/oracleProc',
  },
  'rlm-floating': {
    title: 'Reprise RLM floating licenses: seats in use at once',
    versions: [{ sentence: FLOATING }],
    source: 'https://openit.com/optimizing-license-usage-with-rlm-shared-licenses/',
  },
  'sap-digital-access': {
    title: 'SAP digital access: documents created in the term, material and financial ones at a fifth',
    versions: [
      {
        sentence:
          'count sum(documents) by document_type each event take sum over term times 0.2 for material*, 0.2 for financial*, 1 for *',
      },
    ],
    needs: 'the number in a field "documents", its kind in "document_type"',
    source: 'https://redresscompliance.com/the-9-document-types-in-sap-digital-access-explained',
  },
  'sap-named': {
    title: 'SAP named users: each person once in all systems, as the highest of the types that they hold',
    versions: [{ sentence: 'count assigned person by user_type each instant take max over term' }],
    needs:
      'the types in a field "user_type", all of them, the highest first, with 1 for those that the license is for: "sap-named times 0 for professional*, 1 for limited*, 0 for employee*"; "people" that joins the accounts of one person; and "fields: {seat: system}", since one may have a type in several systems',
    source: 'https://redresscompliance.com/sap-named-user-licenses/',
  },
  'slack-active': {
    title: 'Slack active members: any action within 28 days, and no fewer than one',
    versions: [
      {
        sentence: 'count distinct person each 28d take max over month at least 1',
        unknown: 'Slack had another definition of active members before 2023-07-10',
      },
      { from: '2023-07-10', sentence: 'count distinct person each 28d take max over month at least 1' },
    ],
    needs: '"people" that excludes bots and single-channel guests',
    source: 'https://slack.com/help/articles/15276553969427-FAQ--Updates-to-Slacks-Fair-Billing-Policy',
  },
  'snowflake-cloud-services': {
    title: 'Snowflake cloud services: of each day the credits beyond a tenth of those of the warehouses',
    versions: [
      {
        sentence:
          'count sum(credits_used_cloud_services) beyond 10% of sum(credits_used_compute) each day take sum over month',
      },
    ],
    isOfUtc: true,
    needs:
      '"timezone: UTC", for the day is that of UTC, and both fields in each event: a day of METERING_DAILY_HISTORY, with the compute of warehouses alone',
    source: 'https://docs.snowflake.com/en/sql-reference/account-usage/metering_daily_history',
  },
  'snowflake-compute': {
    title: 'Snowflake warehouses: seconds of each run, at least 60, by size; 3,600 are a credit',
    versions: [
      {
        sentence: `count sum(seconds) by warehouse_size each event at least 60 take sum over month ${SNOWFLAKE_SIZES}`,
      },
    ],
    needs: 'one event a run, with "seconds" and "warehouse_size"',
    source: 'https://docs.snowflake.net/manuals/user-guide/credits.html',
  },
  'snowflake-storage': {
    title: 'Snowflake storage: bytes on the average of the month',
    versions: [{ sentence: 'count level(bytes) each instant take mean over month' }],
    isOfUtc: true,
    needs: '"timezone: UTC", and readings in a field "bytes"',
    source: 'https://docs.snowflake.com/en/user-guide/admin-usage-billing.html',
  },
};
