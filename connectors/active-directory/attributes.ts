import type { AttributeValue } from '../../domain/person/attributes.js';
import { ConnectorError } from '../contract/connector-error.js';
import { decodeFiletime, encodeFiletime } from './filetime.js';

/** How an attribute stands on the wire. `texts` holds several values without an order (MS-ADA1 to MS-ADA3). */
type Form = 'text' | 'texts' | 'boolean' | 'integer' | 'filetime';

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

const BY_FORM: Record<Form, string[]> = {
  text: [
    ...['cn', 'sAMAccountName', 'userPrincipalName', 'displayName', 'givenName', 'sn', 'initials', 'middleName'],
    ...['personalTitle', 'generationQualifier', 'description', 'info', 'comment', 'title', 'department', 'company'],
    ...[
      'division',
      'physicalDeliveryOfficeName',
      'employeeID',
      'employeeNumber',
      'employeeType',
      'mail',
      'mailNickname',
    ],
    ...['targetAddress', 'telephoneNumber', 'mobile', 'homePhone', 'pager', 'facsimileTelephoneNumber', 'ipPhone'],
    ...[
      'wWWHomePage',
      'streetAddress',
      'l',
      'st',
      'postalCode',
      'c',
      'co',
      'homeDirectory',
      'homeDrive',
      'profilePath',
    ],
    ...['scriptPath', 'preferredLanguage', 'userWorkstations', 'loginShell', 'unixHomeDirectory', 'gecos'],
    ...['msExchUsageLocation', 'adminDescription', 'msDS-PhoneticDisplayName'],
    ...numbered('extensionAttribute', 15),
    ...numbered('msDS-cloudExtensionAttribute', 20),
  ],
  texts: [
    ...[
      'proxyAddresses',
      'otherTelephone',
      'otherMobile',
      'otherHomePhone',
      'otherPager',
      'otherIpPhone',
      'otherMailbox',
    ],
    ...['otherFacsimileTelephoneNumber', 'postOfficeBox', 'departmentNumber', 'roomNumber', 'businessCategory'],
    ...['carLicense', 'uid', 'url', 'labeledURI', 'servicePrincipalName', 'altSecurityIdentities'],
  ],
  boolean: ['msExchHideFromAddressLists'],
  integer: ['countryCode', 'codePage', 'uidNumber', 'gidNumber', 'primaryGroupID'],
  filetime: ['accountExpires'],
};

const FORMS = new Map<string, Form>();
for (const [form, names] of Object.entries(BY_FORM)) {
  for (const name of names) FORMS.set(name.toLowerCase(), form as Form);
}

/** The attributes that are read of every account. */
export const READ_ATTRIBUTES: readonly string[] = Object.values(BY_FORM).flat();

/** What belongs to the directory itself, or has an operation of its own: no mapping writes it. */
const REFUSED = new Map(
  Object.entries({
    unicodePwd: 'passwords are set by setPassword',
    userPassword: 'passwords are set by setPassword',
    dBCSPwd: 'passwords are set by setPassword',
    userAccountControl: 'enabling and disabling changes it',
    manager: 'setManager changes it',
    member: 'memberships change it',
    memberOf: 'memberships change it',
    objectClass: 'it is fixed',
    objectCategory: 'it is fixed',
    objectGUID: 'it is fixed',
    objectSid: 'it is fixed',
    distinguishedName: 'the container and the display name make it',
    dn: 'the container and the display name make it',
    name: 'the display name makes it',
    nTSecurityDescriptor: 'rights are the administrator’s',
    sIDHistory: 'rights are the administrator’s',
    adminCount: 'rights are the administrator’s',
    isDeleted: 'removing and restoring changes it',
  }).map(([name, reason]) => [name.toLowerCase(), reason]),
);

/** Throws `invalid` for a name that is none, or that a mapping may not write. */
export function checkAttributeName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) {
    throw new ConnectorError('invalid', `"${printable(name)}" is no name of an attribute: correct the mapping.`);
  }
  const reason = REFUSED.get(name.toLowerCase());
  if (reason) throw new ConnectorError('invalid', `The mapping must not set "${name}": ${reason}.`);
}

/** The attribute's values on the wire, none for "no value"; throws `invalid` for what cannot stand there. */
export function encodeValue(name: string, value: AttributeValue): string[] {
  const form = FORMS.get(name.toLowerCase());
  if (value === null || value === '') return form === 'filetime' ? ['0'] : [];
  if (Array.isArray(value)) {
    if (form !== undefined && form !== 'texts' && value.length > 1) throw refused(name, 'holds one value only');
    // AD knows no case in values: two that differ only in it would be one value twice, which it refuses.
    const texts = value.flatMap((each) => encodeValue(name, each));
    return [...new Map(texts.map((text) => [text.toLowerCase(), text] as const).reverse()).values()].reverse();
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw refused(name, 'must be a finite number');
  switch (form) {
    case 'boolean':
      if (!/^(true|false)$/i.test(String(value))) throw refused(name, 'must be true or false');
      return [String(value).toUpperCase()];
    case 'integer':
      if (!/^-?\d{1,10}$/.test(String(value))) throw refused(name, 'must be a whole number');
      return [String(Number(value))];
    case 'filetime': {
      const ticks = encodeFiletime(String(value));
      if (!ticks) throw refused(name, 'must be a date (2026-12-31) or an instant with its zone (2026-12-31T17:00:00Z)');
      return [ticks];
    }
    default: {
      const text = typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
      checkText(name, text);
      return [text];
    }
  }
}

/** What the wire's values mean; `undefined` for "no value". */
export function decodeValues(name: string, values: string[]): Exclude<AttributeValue, null> | undefined {
  const form = FORMS.get(name.toLowerCase());
  const [first] = values;
  if (first === undefined) return undefined;
  if (form === 'texts') return [...values].sort();
  if (form === 'boolean') return first.toUpperCase() === 'TRUE';
  if (form === 'integer') return Number(first);
  if (form === 'filetime') return decodeFiletime(first);
  return values.length > 1 ? values : first;
}

/** Throws `invalid` for text that LDAP cannot carry unchanged. */
export function checkText(name: string, text: string): void {
  if (text.includes('\0')) throw refused(name, 'holds a NUL character');
  if (/\p{Surrogate}/u.test(text)) throw refused(name, 'holds half a character (an unpaired surrogate)');
}

function refused(name: string, why: string): ConnectorError {
  return new ConnectorError('invalid', `The value of "${name}" ${why}: correct the mapping or the person’s data.`);
}

function printable(text: string): string {
  return text.slice(0, 64).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
}
