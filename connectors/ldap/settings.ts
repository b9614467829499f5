import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseDn } from '../../domain/mapping/distinguished-name.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { DirectoryConfiguration } from '../contract/connector-factory.js';
import { isWithin } from './distinguished-names.js';

const dn = z
  .string()
  .refine((text) => parseDn(text) !== undefined, 'is no distinguished name (ou=people,dc=example,dc=org)');
const url = z
  .string()
  .refine(isLdapUrl, 'is no address of the form ldaps://ldap.example.org or ldap://ldap.example.org (StartTLS)');
const milliseconds = z.int().min(10).max(600_000);
const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'is no attribute name');
const objectClass = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'is no name of an object class');

/** How groups hold their members. */
const groups = z
  .strictObject({
    objectClass: objectClass.default('groupOfNames'),
    /** `member`, `uniqueMember`, `memberUid`, or what else the class has. */
    memberAttribute: attribute.default('member'),
    /** Whether a member's DN or its `uid` is listed; `uid` for memberUid, otherwise `dn`. */
    memberIs: z.enum(['dn', 'uid']).optional(),
    /** Stays in a group whose last member goes, where the class demands one (groupOfNames, groupOfUniqueNames). */
    placeholderMember: dn.optional(),
    /** Memberships are read from the account's `memberOf` instead of being looked up among the groups. */
    memberOf: z.boolean().default(false),
  })
  .prefault({})
  .transform((given) => ({
    ...given,
    memberIs: given.memberIs ?? (given.memberAttribute.toLowerCase() === 'memberuid' ? 'uid' : 'dn'),
  }));

/** What makes an account a disabled one. */
const disable = z.discriminatedUnion('by', [
  /** The lock of the password policy (draft-behera-ldap-password-policy section 5.3.3). */
  z.strictObject({ by: z.literal('ppolicy') }),
  /** An attribute of one's choice: `nsAccountLock` TRUE, `pwdEndTime` 19700101000000Z. Enabled: `enabled`, or no value. */
  z.strictObject({
    by: z.literal('attribute'),
    attribute,
    disabled: z.string().min(1),
    enabled: z.string().min(1).optional(),
  }),
  /** The expiry of POSIX accounts (RFC 2307 section 3, shadow(5)); whoever signs people in must honour it. */
  z.strictObject({ by: z.literal('shadowExpire') }),
]);

/** How a password is set. */
const password = z.discriminatedUnion('by', [
  /** The password-modify extended operation (RFC 3062): the server hashes and applies its rules. */
  z.strictObject({ by: z.literal('operation') }),
  /** By writing the attribute; `server` sends the plain password, which the server must hash by itself. */
  z.strictObject({
    by: z.literal('attribute'),
    attribute: attribute.default('userPassword'),
    scheme: z.enum(['PBKDF2-SHA512', 'SSHA512', 'SSHA', 'server']),
  }),
]);

/** The settings of an LDAP directory, as the administrator writes them. */
export const ldapSettings = z
  .strictObject({
    /** Servers in the order of preference; `ldap://` is switched to TLS (StartTLS) before anything else is sent. */
    urls: z.array(url).min(1, 'names no server').describe('ldaps:// or ldap:// (StartTLS) addresses of the servers'),
    /** The certificate authority that signed their certificates: PEM text, or the path of a PEM file. */
    ca: z.string().min(1).optional(),
    /** The DN that Tenure signs in as. The password is the secret `password`. */
    bindDn: dn,
    /** People are looked for below it. */
    baseDn: dn,
    /** Where accounts go that no policy gives a place. */
    container: dn,
    /** Groups are looked for below it; below `baseDn` if absent. */
    groupBaseDn: dn.optional(),
    /** The classes of new accounts. Accounts are known by the first one. */
    objectClasses: z.array(objectClass).min(1, 'names no object class').default(['inetOrgPerson']),
    /** What names a new account in its container. */
    rdnAttribute: attribute.default('uid'),
    /** By which the policy recognises a person's account; `check` looks whether it can be searched. */
    correlationAttribute: attribute.default('employeeNumber'),
    /** Attributes to be read besides the well-known ones. */
    attributes: z.array(attribute).default([]),
    /** Likewise, of attributes that hold several values. */
    listAttributes: z.array(attribute).default([]),
    groups,
    disable: disable.default({ by: 'ppolicy' }),
    password: password.default({ by: 'operation' }),
    /** The entry (pwdPolicy) whose rules the password choices of people are checked by. */
    passwordPolicy: dn.optional(),
    connectTimeoutMs: milliseconds.default(5_000),
    operationTimeoutMs: milliseconds.default(20_000),
    /** Connections at a time; each serves one operation at a time. */
    poolSize: z.int().min(1).max(64).default(8),
    /** A connection that was not used for so long is closed. */
    idleTimeoutMs: milliseconds.default(120_000),
  })
  .refine((settings) => isWithin(settings.container, settings.baseDn), {
    path: ['container'],
    message: 'stands outside baseDn, so that its accounts would not be found again',
  })
  .refine(({ disable: { by }, objectClasses }) => by !== 'shadowExpire' || includes(objectClasses, 'shadowAccount'), {
    path: ['objectClasses'],
    message: 'lacks shadowAccount, which "disable" by shadowExpire needs',
  });

export interface LdapSettings extends z.infer<typeof ldapSettings> {
  /** The directory's name, for messages. */
  directory: string;
  /** Of the account in `bindDn`. Not the way in which people's passwords are set. */
  bindPassword: string;
}

/** Checks a directory's configuration; throws `misconfigured` with the name of the setting. */
export function readSettings({ name, settings, secrets }: DirectoryConfiguration): LdapSettings {
  const parsed = ldapSettings.safeParse(settings);
  if (!parsed.success) throw misconfigured(name, parsed.error.issues.map(sentence).join('; '));
  // A bind with an empty password "succeeds" as nobody on many servers (RFC 4513 section 5.1.2).
  if (!secrets.password) throw misconfigured(name, 'the secret "password" is missing or empty');
  return {
    ...parsed.data,
    ca: parsed.data.ca && certificate(name, parsed.data.ca),
    directory: name,
    bindPassword: secrets.password,
  };
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}

function certificate(name: string, ca: string): string {
  let pem = ca;
  if (!ca.includes('-----BEGIN')) {
    try {
      pem = readFileSync(ca, 'utf8');
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      throw misconfigured(name, `"ca" names the file ${ca}, which cannot be read (${reason})`);
    }
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw misconfigured(name, '"ca" holds no PEM certificate');
  return pem;
}

function isLdapUrl(text: string): boolean {
  try {
    const { protocol, hostname, username, pathname } = new URL(text);
    const isLdap = protocol === 'ldaps:' || protocol === 'ldap:';
    return isLdap && hostname !== '' && username === '' && (pathname === '' || pathname === '/');
  } catch {
    return false;
  }
}

function sentence(issue: z.core.$ZodIssue): string {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${at ? `${at}.` : ''}${key}"`).join(', ');
    return `it knows no setting ${keys}`;
  }
  return `"${at}": ${issue.message}`;
}

function misconfigured(name: string, what: string): ConnectorError {
  return new ConnectorError('misconfigured', `The settings of directory "${name}" are wrong: ${what}.`);
}
