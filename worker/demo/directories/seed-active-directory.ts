import { Client, ResultCodeError } from 'ldapts';
import type { ActiveDirectoryAccess } from './active-directory.js';
import { DEPARTMENTS, departmentOu, GROUPS, GROUPS_OU, groupDn, PEOPLE_OU } from './demo-domain.js';

/** LDAP's "entryAlreadyExists" (RFC 4511, section 4.1.9). */
const ALREADY_EXISTS = 68;

/** Makes the organizational units and groups that the demo's policy names, where they are not there yet. */
export async function seedActiveDirectory(access: ActiveDirectoryAccess): Promise<void> {
  const client = new Client({ url: access.url, tlsOptions: { ca: access.ca }, timeout: 10_000, connectTimeout: 5_000 });
  const add = async (dn: string, attributes: Record<string, string>): Promise<void> => {
    try {
      await client.add(dn, attributes);
    } catch (error) {
      if (!(error instanceof ResultCodeError) || error.code !== ALREADY_EXISTS) throw error;
    }
  };
  try {
    await client.bind(access.adminDn, access.adminPassword);
    for (const dn of [PEOPLE_OU, GROUPS_OU, ...DEPARTMENTS.map(departmentOu)]) {
      await add(dn, { objectClass: 'organizationalUnit' });
    }
    for (const group of GROUPS) await add(groupDn(group), { objectClass: 'group', sAMAccountName: group });
  } finally {
    await client.unbind();
  }
}
