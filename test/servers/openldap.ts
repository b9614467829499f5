import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createServerCertificate, type ServerCertificate } from '../../sandbox/certificates.js';
import { type RunningChild, startChild, untilListening } from '../../worker/embedded/child.js';
import { freePort } from '../../worker/embedded/free-port.js';
import { SLAPD, SLAPD_MODULES } from './openldap-program.js';

const run = promisify(execFile);

const BASE_DN = 'dc=example,dc=test';

/** An OpenLDAP server of a suite's own. */
export interface TestOpenLdap {
  /** `ldaps://127.0.0.1:…`. */
  url: string;
  /** `ldap://127.0.0.1:…`, for StartTLS; it refuses to sign anybody in without. */
  plainUrl: string;
  /** Trusts its certificate, PEM. */
  ca: string;
  baseDn: string;
  /** `ou=people,…` and `ou=groups,…`, both empty. */
  peopleDn: string;
  groupsDn: string;
  /** The default password policy: 8 characters, the last 3 passwords, locks. */
  policyDn: string;
  /** May write everything but bypasses no policy, as a service account should. */
  serviceDn: string;
  servicePassword: string;
  /** Above all policies (`rootdn`); for the tests' own looks and preparations. */
  rootDn: string;
  rootPassword: string;
  pid(): number;
  /** Kills it as kill -9 does, and waits for its end. */
  kill(): Promise<void>;
  /** Starts it again over the same data and ports. */
  start(): Promise<void>;
  /** Stops it and deletes its folder. */
  stop(): Promise<void>;
}

/** What differs from the usual server. */
export interface OpenLdapVariant {
  /** Lines of slapd.conf(5) before the usual rights. */
  directives?: string[];
  /** Overlays to go without, for example `unique`. */
  without?: ('memberof' | 'refint' | 'unique' | 'ppolicy')[];
  /** Lines that add overlays of one's own, after the usual ones. */
  overlays?: string[];
  /** The certificate to show; `none` for a server that does no TLS. */
  certificate?: ServerCertificate | 'none';
}

/** Starts a fresh OpenLDAP in about a fifth of a second; several may run at once. */
export async function startTestOpenLdap(variant: OpenLdapVariant = {}): Promise<TestOpenLdap> {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-test-ldap-'));
  const { certificate = await createServerCertificate() } = variant;
  const { cert, key } = certificate === 'none' ? { cert: '', key: '' } : certificate;
  const [port, plainPort] = [await freePort(), await freePort()];
  const passwords = { root: secret(), service: secret() };
  const file = (name: string) => join(folder, name);
  await mkdir(file('data'));
  await writeFile(file('cert.pem'), cert);
  await writeFile(file('key.pem'), key, { mode: 0o600 });
  await writeFile(file('slapd.conf'), configuration(folder, passwords.root, variant));
  await writeFile(file('first.ldif'), firstEntries(passwords.service));
  const forget = () => rm(folder, { recursive: true, force: true });
  const failed = async (error: unknown) => {
    await forget();
    throw error;
  };
  await run(SLAPD, ['-T', 'add', '-q', '-f', file('slapd.conf'), '-l', file('first.ldif')]).catch(failed);

  const [url, plainUrl] = [`ldaps://127.0.0.1:${port}`, `ldap://127.0.0.1:${plainPort}`];
  const launch = () =>
    startChild({
      name: 'OpenLDAP',
      command: SLAPD,
      // With a debug level, even 0, slapd stays in the foreground.
      args: ['-d', '0', '-f', file('slapd.conf'), '-h', `${url} ${plainUrl}`],
      cwd: folder,
      ready: async (signal) => {
        await untilListening(port, '127.0.0.1', signal);
        await untilListening(plainPort, '127.0.0.1', signal);
      },
    });
  let server: RunningChild = await launch().catch(failed);
  return {
    url,
    plainUrl,
    ca: cert,
    baseDn: BASE_DN,
    peopleDn: `ou=people,${BASE_DN}`,
    groupsDn: `ou=groups,${BASE_DN}`,
    policyDn: `cn=default,ou=policies,${BASE_DN}`,
    serviceDn: `cn=tenure,${BASE_DN}`,
    servicePassword: passwords.service,
    rootDn: `cn=root,${BASE_DN}`,
    rootPassword: passwords.root,
    pid: () => server.pid,
    kill: async () => {
      server.signal('SIGKILL');
      await server.exited;
    },
    start: async () => {
      server = await launch();
    },
    stop: async () => {
      server.signal('SIGKILL'); // nothing of it is needed any more
      await server.exited;
      await forget();
    },
  };
}

function secret(): string {
  return randomBytes(12).toString('base64url');
}

function configuration(
  folder: string,
  rootPassword: string,
  { directives = [], without = [], overlays = [], certificate }: OpenLdapVariant,
) {
  const usual: Record<string, string[]> = {
    memberof: ['memberof-group-oc groupOfNames', 'memberof-member-ad member'],
    refint: ['refint_attributes member uniqueMember manager', `refint_nothing cn=nobody,${BASE_DN}`],
    unique: ['unique_uri ldap:///?uid?sub', 'unique_uri ldap:///?mail?sub'],
    ppolicy: [`ppolicy_default cn=default,ou=policies,${BASE_DN}`, 'ppolicy_hash_cleartext'],
  };
  const wanted = Object.entries(usual).filter(([name]) => !(without as string[]).includes(name));
  return [
    ...['core', 'cosine', 'inetorgperson', 'nis'].map((schema) => `include /etc/ldap/schema/${schema}.schema`),
    `modulepath ${SLAPD_MODULES}`,
    ...['back_mdb', 'pw-sha2', 'pw-pbkdf2', ...Object.keys(usual)].map((name) => `moduleload ${name}`),
    `pidfile ${folder}/slapd.pid`,
    ...(certificate === 'none'
      ? []
      : [
          `TLSCertificateFile ${folder}/cert.pem`,
          `TLSCertificateKeyFile ${folder}/key.pem`,
          'security simple_bind=128',
        ]),
    'database mdb',
    `directory ${folder}/data`,
    'maxsize 268435456',
    'dbnosync',
    `suffix "${BASE_DN}"`,
    `rootdn "cn=root,${BASE_DN}"`,
    `rootpw ${rootPassword}`,
    'index objectClass,entryUUID,uid,mail,cn,employeeNumber,member,uniqueMember,memberUid,manager eq',
    ...directives,
    `access to attrs=userPassword by dn.exact="cn=tenure,${BASE_DN}" write by anonymous auth by * none`,
    `access to * by dn.exact="cn=tenure,${BASE_DN}" write by users read by * none`,
    ...wanted.flatMap(([name, lines]) => [`overlay ${name}`, ...lines]),
    ...overlays,
    '',
  ].join('\n');
}

function firstEntries(servicePassword: string): string {
  const organizationalUnit = (name: string) =>
    `dn: ou=${name},${BASE_DN}\nobjectClass: organizationalUnit\nou: ${name}\n\n`;
  return `dn: ${BASE_DN}
objectClass: domain
dc: example

${organizationalUnit('people')}${organizationalUnit('groups')}${organizationalUnit('policies')}dn: cn=default,ou=policies,${BASE_DN}
objectClass: organizationalRole
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdMinLength: 8
pwdInHistory: 3
pwdCheckQuality: 1
pwdLockout: TRUE
pwdMaxFailure: 20

dn: cn=tenure,${BASE_DN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: tenure
userPassword: ${servicePassword}

`;
}
