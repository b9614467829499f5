import type { AttributeValue } from '../../domain/person/attributes.js';
import { ConnectorError } from '../contract/connector-error.js';
import { stateAttribute } from './account-state.js';
import type { LdapSettings } from './settings.js';

/** Of inetOrgPerson (RFC 2798) and its superiors (RFC 4519, RFC 4524), and of POSIX accounts (RFC 2307). */
const SINGLE = [
  ...['cn', 'sn', 'givenName', 'displayName', 'initials', 'title', 'generationQualifier', 'uid', 'mail', 'description'],
  ...['employeeNumber', 'employeeType', 'o', 'ou', 'l', 'st', 'street', 'postalCode', 'postalAddress', 'c', 'co'],
  ...['physicalDeliveryOfficeName', 'mobile', 'homePhone', 'homePostalAddress', 'preferredLanguage'],
  ...['gecos', 'homeDirectory', 'loginShell', 'uidNumber', 'gidNumber'],
];

/** Of the same, those that commonly hold several values; they have no order. */
const LISTS = [
  ...['telephoneNumber', 'facsimileTelephoneNumber', 'pager', 'departmentNumber', 'roomNumber', 'businessCategory'],
  ...['carLicense', 'labeledURI', 'postOfficeBox', 'seeAlso', 'host', 'mailLocalAddress', 'sshPublicKey'],
];

const NUMBERS = ['uidnumber', 'gidnumber'];

/** What belongs to the directory itself, or has an operation of its own: no mapping writes it. */
const REFUSED = new Map(
  Object.entries({
    userPassword: 'passwords are set by setPassword',
    manager: 'setManager changes it',
    member: 'memberships change it',
    uniqueMember: 'memberships change it',
    memberUid: 'memberships change it',
    memberOf: 'memberships change it',
    objectClass: 'the setting "objectClasses" makes it',
    entryUUID: 'it is fixed',
    entryDN: 'the container and the name make it',
    dn: 'the container and the name make it',
    pwdAccountLockedTime: 'enabling and disabling changes it',
    pwdPolicySubentry: 'rights and rules are the administrator’s',
  }).map(([name, reason]) => [name.toLowerCase(), reason]),
);

/** The attributes that are read of every account. */
export function readAttributes(settings: LdapSettings): string[] {
  const own = [
    settings.rdnAttribute,
    settings.correlationAttribute,
    ...settings.attributes,
    ...settings.listAttributes,
  ];
  const names = [...SINGLE, ...LISTS, ...own].filter((name) => !REFUSED.has(name.toLowerCase()));
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

/** Throws `invalid` for a name that is none, or that a mapping may not write. */
export function checkAttributeName(name: string, settings: LdapSettings): void {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) {
    throw new ConnectorError('invalid', `"${printable(name)}" is no name of an attribute: correct the mapping.`);
  }
  const key = name.toLowerCase();
  const ways: Record<string, string> = {
    [stateAttribute(settings).toLowerCase()]: 'enabling and disabling changes it',
    ...(settings.password.by === 'attribute' && {
      [settings.password.attribute.toLowerCase()]: 'passwords are set by setPassword',
    }),
  };
  const reason = REFUSED.get(key) ?? ways[key];
  if (reason) throw new ConnectorError('invalid', `The mapping must not set "${name}": ${reason}.`);
}

/** The attribute's values on the wire, none for "no value"; throws `invalid` for what cannot stand there. */
export function encodeValue(name: string, value: AttributeValue): string[] {
  if (value === null || value === '') return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap((each) => encodeValue(name, each)))];
  if (typeof value === 'number' && !Number.isFinite(value)) throw refused(name, 'must be a finite number');
  const text = typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  if (NUMBERS.includes(name.toLowerCase()) && !/^\d{1,10}$/.test(text)) throw refused(name, 'must be a whole number');
  checkText(name, text);
  return [text];
}

/** What the wire's values mean; `undefined` for "no value". */
export function decodeValues(
  name: string,
  values: string[],
  { listAttributes }: LdapSettings,
): Exclude<AttributeValue, null> | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const key = name.toLowerCase();
  if ([...LISTS, ...listAttributes].some((list) => list.toLowerCase() === key)) return [...values].sort();
  if (NUMBERS.includes(key)) return Number(first);
  return values.length > 1 ? [...values].sort() : first;
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
