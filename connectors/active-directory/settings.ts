import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConnectorError } from '../contract/connector-error.js';
import type { DirectoryConfiguration } from '../contract/connector-factory.js';
import { domainOf, isWithin, parseDn } from './distinguished-names.js';

const dn = z
  .string()
  .refine((text) => parseDn(text) !== undefined, 'is no distinguished name (OU=Staff,DC=example,DC=org)');
const url = z
  .string()
  .refine(isLdapsUrl, 'is no address of the form ldaps://dc1.example.org:636; Tenure uses LDAPS only');
const milliseconds = z.int().min(10).max(600_000);

/** The settings of an Active Directory domain, as the administrator writes them. */
export const activeDirectorySettings = z
  .strictObject({
    /** Domain controllers in the order of preference; the next one is asked when one does not answer. */
    urls: z.array(url).min(1, 'names no domain controller').describe('ldaps:// addresses of the domain controllers'),
    /** The certificate authority that signed their certificates: PEM text, or the path of a PEM file. */
    ca: z.string().min(1).optional(),
    /** Who Tenure signs in as: a DN, a UPN or DOMAIN\name. The password is the secret `password`. */
    bindDn: z.string().min(1),
    /** People and groups are looked for below it. */
    baseDn: dn,
    /** Where accounts go that no policy gives a place, and restored accounts whose place is gone. */
    container: dn,
    /** Groups are looked up by name below it; the whole domain if absent. */
    groupBaseDn: dn.optional(),
    /** Put behind a userPrincipalName that the mapping gives without an `@`. */
    upnSuffix: z
      .string()
      .regex(/^[^@\s]+$/, 'is no UPN suffix (example.org)')
      .optional(),
    /** Attributes of one's own schema extension that are to be read besides the well-known ones. */
    attributes: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'is no attribute name')).default([]),
    connectTimeoutMs: milliseconds.default(5_000),
    operationTimeoutMs: milliseconds.default(20_000),
    /** Connections at a time; each serves one operation at a time. */
    poolSize: z.int().min(1).max(64).default(8),
    /** A connection that was not used for so long is closed. */
    idleTimeoutMs: milliseconds.default(120_000),
  })
  .refine((settings) => domainOf(settings.baseDn) !== '', { path: ['baseDn'], message: 'has no DC= part' })
  .refine((settings) => isWithin(settings.container, settings.baseDn), {
    path: ['container'],
    message: 'stands outside baseDn, so that its accounts would not be found again',
  });

export interface ActiveDirectorySettings extends z.infer<typeof activeDirectorySettings> {
  /** The directory's name, for messages. */
  directory: string;
  /** Of the account in `bindDn`. */
  password: string;
  /** The root of the domain: the `DC=` parts of `baseDn`. */
  domain: string;
}

/** Checks a directory's configuration; throws `misconfigured` with the name of the setting. */
export function readSettings({ name, settings, secrets }: DirectoryConfiguration): ActiveDirectorySettings {
  const parsed = activeDirectorySettings.safeParse(settings);
  if (!parsed.success) throw misconfigured(name, parsed.error.issues.map(sentence).join('; '));
  // A bind with an empty password "succeeds" as nobody on many servers (RFC 4513 section 5.1.2).
  if (!secrets.password) throw misconfigured(name, 'the secret "password" is missing or empty');
  return {
    ...parsed.data,
    ca: parsed.data.ca && certificate(name, parsed.data.ca),
    directory: name,
    password: secrets.password,
    domain: domainOf(parsed.data.baseDn),
  };
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

function isLdapsUrl(text: string): boolean {
  try {
    const { protocol, hostname, username, pathname } = new URL(text);
    return protocol === 'ldaps:' && hostname !== '' && username === '' && (pathname === '' || pathname === '/');
  } catch {
    return false;
  }
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `it knows no setting ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  return `"${issue.path.join('.')}": ${issue.message}`;
}

function misconfigured(name: string, what: string): ConnectorError {
  return new ConnectorError('misconfigured', `The settings of directory "${name}" are wrong: ${what}.`);
}
