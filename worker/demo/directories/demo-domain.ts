/** The domain of the demo's Active Directory, its tenant's verified domain, and what comes after the @ of sign-in names. */
export const DOMAIN = 'demo.tenure.example';

/** The same as a Kerberos realm. */
export const REALM = DOMAIN.toUpperCase();

/** The same as the root of a directory. */
export const BASE_DN = DOMAIN.split('.')
  .map((label) => `DC=${label}`)
  .join(',');

/** What the demo's directories are called in `directories.yaml`, in the policy and in the report. */
export const CORP_AD = 'corp-ad';
export const ENTRA = 'entra';

export const DEPARTMENTS = ['Management', 'Engineering', 'Sales', 'Finance', 'Human Resources', 'Support'] as const;
export type Department = (typeof DEPARTMENTS)[number];

/** Groups of both directories: everybody's, one a department, and one of those who lead. */
export const ALL_STAFF = 'All Staff';
export const LEADERS = 'Leaders';
export const GROUPS: readonly string[] = [ALL_STAFF, LEADERS, ...DEPARTMENTS];

export const PEOPLE_OU = `OU=People,${BASE_DN}`;
export const GROUPS_OU = `OU=Groups,${BASE_DN}`;

/** Where people of a department stand. */
export function departmentOu(department: string): string {
  return `OU=${department},${PEOPLE_OU}`;
}

/** The distinguished name of a group. */
export function groupDn(group: string): string {
  return `CN=${group},${GROUPS_OU}`;
}
