/** What `audit-check access --help` says after its options. */

export const ACCESS_HELP = `
Reads who may do what from --roles, and what was done from the logs, and tells for every role and every user
what was granted, used, not used, done outside the roles, and refused. What neither file can decide (conditions,
permissions boundaries, groups whose members are not listed) is undetermined, with the reason. Resources are compared as
they are written: "/eu/../us" is below "/eu/*".

Formats of roles, told apart by what they hold:
  roles                      our own YAML: roles, users, groups, conflicts
  kubernetes-rbac            kubectl get roles,rolebindings,clusterroles,clusterrolebindings -A -o yaml
  aws-authorization-details  aws iam get-account-authorization-details
  gcp-iam                    gcloud projects get-iam-policy PROJECT, and gcloud iam roles describe ROLE

Examples:
  audit-check access logs/ --roles roles.yaml
  audit-check access audit.log --roles rbac.yaml --format csv > access.csv
  audit-check access audit.log --roles-format kubernetes-rbac --suggest ann > role.yaml

Our own YAML:
  roles:     {clerk: [invoice.read, invoice.create], chief: {allow: [{actions: ["invoice.*"], resources: ["/eu/*"]}]}}
  users:     {ann: [clerk], bob: {roles: [{role: chief, from: 2026-01-01, to: 2026-07-01}]}}
  groups:    {finance: {members: [cid], roles: [clerk]}}
  conflicts: [{name: pay alone, between: {create: [invoice.create], approve: [invoice.approve]}}]

Exit codes:
  0  everything was read and judged, and every request is within the roles or was refused
  1  access outside the roles or by unknown users, conflicting duties, or a refusal that the roles do not explain
  2  wrong arguments, configuration or roles
  3  incomplete: a file, a line or its fields could not be read, pages of an export are missing, or nothing was found
     and some requests are undetermined, or some events do not say who did what`;
