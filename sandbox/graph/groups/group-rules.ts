import type { Directory } from '../directory/directory.js';
import type { GroupObject } from '../directory/directory-object.js';
import {
  badRequest,
  GraphError,
  invalidValue,
  objectConflict,
  onPremisesMastered,
  valueRequired,
} from '../http/graph-error.js';

const REQUIRED = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'];
const NICKNAME_FORBIDDEN = /[@()[\]";:<>, \\]/;

/** Says whether a group is a Microsoft 365 group. */
export function isUnified(group: { properties: Record<string, unknown> }): boolean {
  return types(group).includes('Unified');
}

function types(group: { properties: Record<string, unknown> }): string[] {
  return (group.properties.groupTypes as string[] | undefined) ?? [];
}

/** Refuses groups that Graph does not create ("Create group": required properties and what may be mail-enabled). */
export function checkNewGroup(values: Record<string, unknown>): void {
  for (const name of REQUIRED) {
    if (values[name] === undefined || values[name] === null) throw valueRequired(name, 'Group');
  }
  const unified = isUnified({ properties: values });
  if (values.mailEnabled === true && !unified) {
    throw badRequest(
      'The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.',
    );
  }
  if (values.mailEnabled === false && unified) throw invalidValue('mailEnabled', 'Group');
  const dynamic = types({ properties: values }).includes('DynamicMembership');
  if (dynamic !== (typeof values.membershipRule === 'string')) throw invalidValue('membershipRule', 'Group');
}

/** Refuses values that no group may have. */
export function checkGroupValues(values: Record<string, unknown>): void {
  for (const name of REQUIRED) {
    if (values[name] === null) throw valueRequired(name, 'Group');
  }
  const { mailNickname, visibility, groupTypes } = values;
  if (typeof mailNickname === 'string' && NICKNAME_FORBIDDEN.test(mailNickname))
    throw invalidValue('mailNickname', 'Group');
  if (typeof visibility === 'string' && !/^(Private|Public|HiddenMembership)$/.test(visibility)) {
    throw invalidValue('visibility', 'Group');
  }
  for (const type of (groupTypes as string[] | undefined) ?? []) {
    if (type !== 'Unified' && type !== 'DynamicMembership') throw invalidValue('groupTypes', 'Group');
  }
}

/** Mail nicknames are unique among groups; display names are not. */
export function checkGroupUniqueness(values: Record<string, unknown>, directory: Directory, self?: GroupObject): void {
  const { mailNickname } = values;
  if (typeof mailNickname !== 'string') return;
  const other = [...(directory.groups.withValue('mailNickname', mailNickname) ?? [])].find((group) => group !== self);
  if (other) throw objectConflict('mailNickname', other.id);
}

/**
 * Refuses changes of membership where somebody else decides it: a rule (403 as for a missing permission), Exchange
 * (mail-enabled security groups and distribution lists) or Active Directory.
 */
export function requireAssignedMembership(group: GroupObject): void {
  if (group.properties.onPremisesSyncEnabled === true) throw onPremisesMastered();
  if (types(group).includes('DynamicMembership')) {
    throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  }
  if (group.properties.mailEnabled === true && !isUnified(group)) {
    throw badRequest('Cannot Update a mail-enabled security groups and or distribution list.');
  }
}
