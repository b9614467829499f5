import type { Directory } from '../directory/directory.js';
import type { UserObject } from '../directory/directory-object.js';
import { badRequest, invalidValue, objectConflict, valueRequired } from '../http/graph-error.js';
import { type Tenant, verifiedDomains } from '../tenant/tenant.js';

const MAX_LOCAL_PART = 64;
const UPN_LOCAL_PART = /^[A-Za-z0-9'.\-_!#^~]+$/;
/** Not in a mail nickname, besides anything beyond ASCII. */
const NICKNAME_FORBIDDEN = /[@()[\]";:<>, \\]/;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const NOT_CLEARABLE = ['displayName', 'userPrincipalName', 'mailNickname', 'usageLocation'];
const ENUMERATIONS: Record<string, RegExp> = {
  userType: /^(Member|Guest)$/,
  usageLocation: /^[A-Z]{2}$/i,
  ageGroup: /^(minor|notAdult|adult)$/i,
  consentProvidedForMinor: /^(granted|denied|notRequired)$/i,
  passwordPolicies:
    /^(None|DisableStrongPassword|DisablePasswordExpiration)(, ?(DisableStrongPassword|DisablePasswordExpiration))?$/,
};

/** Refuses values that no user may have, whoever else has them. */
export function checkUserValues(values: Record<string, unknown>, tenant: Tenant): void {
  for (const name of NOT_CLEARABLE) {
    if (values[name] === null) throw valueRequired(name, 'User');
  }
  if (typeof values.userPrincipalName === 'string') checkPrincipalName(values.userPrincipalName, tenant);
  if (typeof values.mailNickname === 'string') checkMailNickname(values.mailNickname);
  if (typeof values.mail === 'string' && !MAIL.test(values.mail)) throw invalidValue('mail', 'User');
  if (Array.isArray(values.businessPhones) && values.businessPhones.length > 1)
    throw invalidValue('businessPhones', 'User');
  for (const [name, allowed] of Object.entries(ENUMERATIONS)) {
    const value = values[name];
    if (typeof value === 'string' && !allowed.test(value)) throw invalidValue(name, 'User');
  }
}

function checkPrincipalName(name: string, tenant: Tenant): void {
  const at = name.lastIndexOf('@');
  const local = name.slice(0, at);
  if (at < 1 || local.length > MAX_LOCAL_PART || !UPN_LOCAL_PART.test(local) || local.endsWith('.')) {
    const message = 'Property userPrincipalName is invalid.';
    throw badRequest(message, [{ code: 'InvalidValue', message, target: 'userPrincipalName' }]);
  }
  if (!verifiedDomains(tenant).includes(name.slice(at + 1).toLowerCase())) {
    throw badRequest(
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
    );
  }
}

function checkMailNickname(nickname: string): void {
  const ascii = [...nickname].every((letter) => letter > ' ' && letter <= '~');
  if (!ascii || NICKNAME_FORBIDDEN.test(nickname) || nickname.startsWith('.') || /\.\.|\.$/.test(nickname)) {
    throw invalidValue('mailNickname', 'User');
  }
}

/**
 * Refuses values that somebody else has already. The recycle bin does not count: a deleted user gave up its names.
 * `employeeId` is not unique in Entra ID.
 */
export function checkUserUniqueness(values: Record<string, unknown>, directory: Directory, self?: UserObject): void {
  for (const property of ['userPrincipalName', 'onPremisesImmutableId']) {
    const value = values[property];
    if (typeof value !== 'string') continue;
    const other = [...(directory.users.withValue(property, value) ?? [])].find((user) => user !== self);
    if (other) throw objectConflict(property, other.id);
  }
  for (const address of (values.proxyAddresses as string[] | undefined) ?? []) {
    const owners = [directory.users, directory.groups].flatMap((objects) => [
      ...(objects.withValue('proxyAddresses', address) ?? []),
    ]);
    const other = owners.find((object) => object.id !== self?.id);
    if (other) throw objectConflict('proxyAddresses', other.id);
  }
}

/**
 * What follows from setting `mail`: it becomes the primary of the proxy addresses, and what was the primary stays as
 * another address.
 */
export function withProxyAddresses(
  values: Record<string, unknown>,
  present: readonly string[] = [],
): Record<string, unknown> {
  if (values.mail === undefined) return values;
  const mail = values.mail as string | null;
  const others = present
    .map((address) => address.replace(/^SMTP:/, 'smtp:'))
    .filter((address) => mail !== null && address.toLowerCase() !== `smtp:${mail.toLowerCase()}`);
  return { ...values, proxyAddresses: mail === null ? [] : [`SMTP:${mail}`, ...others] };
}
