import { access } from 'node:fs/promises';
import { isExecutable } from '../../worker/embedded/program-path.js';

/** Where Debian's package puts the server; other users' PATH often lacks the folder. */
export const SLAPD = '/usr/sbin/slapd';
/** Where it puts the modules. */
export const SLAPD_MODULES = '/usr/lib/ldap';

/** `slapd-contrib` brings the SHA-2 and PBKDF2 password schemes. */
export const OPENLDAP_PACKAGES = ['slapd', 'slapd-contrib'] as const;

/** Why the tests' OpenLDAP cannot run here, as a sentence; undefined when it can. */
export async function openLdapObstacle(): Promise<string | undefined> {
  if (!(await isExecutable(SLAPD))) return `OpenLDAP is not installed (no ${SLAPD}).`;
  return access(`${SLAPD_MODULES}/pw-pbkdf2.la`).then(
    () => undefined,
    () => `OpenLDAP lacks its contributed modules (no ${SLAPD_MODULES}/pw-pbkdf2.la).`,
  );
}
