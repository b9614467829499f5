import type { Attributes, AttributeValue } from '../../domain/person/attributes.js';
import { ConnectorError } from '../contract/connector-error.js';

/** A user as Graph sends it, whatever was selected. */
export type GraphUser = Record<string, unknown> & { id: string };

interface UserAttribute {
  type: 'string' | 'strings' | 'boolean' | 'instant';
  /** The complex property that it is a member of. */
  within?: string;
  /** Stays in the cloud's hands where Active Directory owns the account. */
  cloudOwned?: true;
  readOnly?: true;
  /** Follows from other attributes; not shown, because Graph's answer to a creation does not tell it. */
  derived?: true;
  /** Can be searched by `eq`: at once, or only in the index (advanced queries). */
  filter?: 'plain' | 'advanced';
}

const string: UserAttribute = { type: 'string' };
const strings: UserAttribute = { type: 'strings' };
const readOnly = { readOnly: true } as const;
const cloudOwned = { cloudOwned: true } as const;
const plain = { filter: 'plain' } as const;
const advanced = { filter: 'advanced' } as const;

const EXTENSION_ATTRIBUTES = Object.fromEntries(
  Array.from({ length: 15 }, (_, index): [string, UserAttribute] => [
    `extensionAttribute${index + 1}`,
    { ...string, within: 'onPremisesExtensionAttributes' },
  ]),
);

/**
 * What a mapping may name, by Graph's own words; members of complex properties stand for themselves. Types, what is
 * read-only and what can be filtered: https://learn.microsoft.com/graph/api/resources/user and
 * https://learn.microsoft.com/graph/aad-advanced-queries#user-properties.
 */
const USER_ATTRIBUTES = new Map<string, UserAttribute>(
  Object.entries({
    ageGroup: { ...string, ...cloudOwned },
    businessPhones: strings,
    city: string,
    companyName: string,
    consentProvidedForMinor: { ...string, ...cloudOwned },
    costCenter: { ...string, within: 'employeeOrgData' },
    country: string,
    department: string,
    displayName: string,
    division: { ...string, within: 'employeeOrgData' },
    employeeHireDate: { type: 'instant' },
    employeeId: { ...string, ...plain },
    employeeType: string,
    ...EXTENSION_ATTRIBUTES,
    faxNumber: string,
    givenName: string,
    jobTitle: string,
    mail: { ...string, ...plain },
    mailNickname: { ...string, ...plain },
    mobilePhone: string,
    officeLocation: string,
    onPremisesDistinguishedName: { ...string, ...readOnly },
    onPremisesImmutableId: { ...string, ...advanced },
    onPremisesSamAccountName: { ...string, ...readOnly, ...advanced },
    onPremisesSyncEnabled: { type: 'boolean', ...readOnly },
    otherMails: { ...strings, ...cloudOwned },
    passwordPolicies: string,
    postalCode: string,
    preferredLanguage: string,
    proxyAddresses: { ...strings, ...readOnly, derived: true },
    showInAddressList: { type: 'boolean' },
    state: string,
    streetAddress: string,
    surname: string,
    usageLocation: { ...string, ...cloudOwned },
    userPrincipalName: { ...string, ...plain },
    userType: { ...string, ...cloudOwned },
  }),
);

/** Directory extensions of an app (https://learn.microsoft.com/graph/extensibility-overview#directory-extensions). */
const DIRECTORY_EXTENSION = /^extension_[0-9a-f]{32}_\w+$/i;

/** What every read selects. */
const ALWAYS = ['id', 'accountEnabled', 'createdDateTime'];
const SELECT = [...new Set([...ALWAYS, ...[...USER_ATTRIBUTES].map(([name, one]) => one.within ?? name)])];

/** The properties to select so that an account with those attributes can be read and compared. */
export function selectFor(...attributes: (Attributes | undefined)[]): string[] {
  const named = attributes.flatMap((one) => Object.keys(one ?? {}));
  return [...SELECT, ...new Set(named.filter((name) => DIRECTORY_EXTENSION.test(name)))];
}

/** How an attribute can be searched by. @throws ConnectorError `invalid` where it cannot */
export function filterOf(name: string): 'plain' | 'advanced' {
  const filter = USER_ATTRIBUTES.get(name)?.filter ?? (DIRECTORY_EXTENSION.test(name) ? 'plain' : undefined);
  if (filter) return filter;
  const known = [...USER_ATTRIBUTES].filter(([, one]) => one.filter).map(([one]) => one);
  throw new ConnectorError(
    'invalid',
    `Entra ID accounts cannot be found by ${name}. Correlate by one of ${known.join(', ')}, or by a directory extension.`,
  );
}

/** True for what the cloud owns of every account, synchronised from Active Directory or not. */
export function isCloudOwned(name: string): boolean {
  return USER_ATTRIBUTES.get(name)?.cloudOwned === true || DIRECTORY_EXTENSION.test(name);
}

/** A user's attributes in our flat form; what has no value is absent. */
export function attributesOf(user: GraphUser): Attributes {
  const attributes: Attributes = {};
  for (const [name, attribute] of USER_ATTRIBUTES) {
    if (attribute.derived) continue;
    const place = attribute.within === undefined ? user : (user[attribute.within] as Record<string, unknown> | null);
    const value = place?.[name];
    if (hasValue(value)) attributes[name] = value;
  }
  for (const [name, value] of Object.entries(user)) {
    if (DIRECTORY_EXTENSION.test(name) && hasValue(value)) attributes[name] = value;
  }
  return attributes;
}

/**
 * The attributes in the forms that the directory keeps them in: empty text is no value, one value of many is a list,
 * a day is the midnight (UTC) it begins with.
 * @throws ConnectorError `invalid` for a name that Entra ID does not have, one that cannot be written, or a wrong type
 */
export function normalised(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, normal(name, value)]));
}

/** True where the directory already holds that value. */
export function sameValue(current: AttributeValue | undefined, wanted: AttributeValue): boolean {
  if (Array.isArray(current) || Array.isArray(wanted)) {
    return JSON.stringify(sorted(current)) === JSON.stringify(sorted(wanted));
  }
  return (current ?? null) === wanted;
}

/**
 * The body that sets normalised attributes. Members of complex properties are put back where they belong, together
 * with the members that the account has already, because Graph may take such a property as a whole.
 */
export function bodyOf(attributes: Attributes, current: Attributes = {}): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = USER_ATTRIBUTES.get(name);
    const sent = value === null && attribute?.type === 'strings' ? [] : value;
    if (attribute?.within === undefined) body[name] = sent;
    else body[attribute.within] = { ...(body[attribute.within] ?? siblings(attribute.within, current)), [name]: sent };
  }
  return body;
}

function sorted(value: AttributeValue | undefined): unknown {
  return Array.isArray(value) ? [...value].sort() : (value ?? []);
}

function siblings(within: string, current: Attributes): Attributes {
  return Object.fromEntries(Object.entries(current).filter(([name]) => USER_ATTRIBUTES.get(name)?.within === within));
}

function normal(name: string, value: AttributeValue): AttributeValue {
  const attribute = USER_ATTRIBUTES.get(name);
  if (!attribute) {
    if (DIRECTORY_EXTENSION.test(name)) return value;
    const cure = 'Correct the name in the attribute mapping (see the properties of a user in Microsoft Graph).';
    throw new ConnectorError('invalid', `An Entra ID account has no attribute ${name}. ${cure}`);
  }
  if (attribute.readOnly) {
    throw new ConnectorError('invalid', `Entra ID lets nobody write ${name}. Take it out of the attribute mapping.`);
  }
  for (const text of Array.isArray(value) ? value : [value]) requireText(name, text);
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return null;
  switch (attribute.type) {
    case 'strings':
      return Array.isArray(value) ? value : [String(value)];
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw new ConnectorError('invalid', `The attribute ${name} of an Entra ID account must be true or false.`);
    case 'instant':
      return instant(name, value);
    default:
      if (!Array.isArray(value)) return String(value);
      throw new ConnectorError('invalid', `The attribute ${name} of an Entra ID account has one value, not several.`);
  }
}

/**
 * Refuses text that no directory can hold: with NUL, or with half a surrogate pair, which has no UTF-8 form.
 * @throws ConnectorError `invalid`
 */
export function requireText(name: string, value: unknown): void {
  if (typeof value !== 'string' || (!value.includes('\0') && !/\p{Surrogate}/u.test(value))) return;
  throw new ConnectorError('invalid', `The value for ${name} has characters that are none. Correct it in HR's data.`);
}

/** Graph keeps whole seconds and leaves the fraction out. */
function instant(name: string, value: AttributeValue): string {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new ConnectorError('invalid', `The attribute ${name} of an Entra ID account must be a date (ISO 8601).`);
  }
  return new Date(time).toISOString().replace(/\.000Z$/, 'Z');
}

function hasValue(value: unknown): value is Exclude<AttributeValue, null> {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}
