import { requestDenied } from '../http/graph-error.js';

/**
 * Application permissions that let a call through, least privileged first; any one entry suffices, and an entry with a
 * plus needs both of its parts. From the permission tables of the API pages on learn.microsoft.com/graph.
 */
export const PERMISSIONS = {
  readUsers: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  writeUsers: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  enableUsers: ['User.EnableDisableAccount.All+User.Read.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  /** Without it, `User.ReadWrite.All` is not enough: the app would need a directory role on top. */
  setPasswords: ['User-PasswordProfile.ReadWrite.All'],
  setLeaveDates: ['User-LifeCycleInfo.ReadWrite.All'],
  deleteUsers: ['User.DeleteRestore.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  revokeSessions: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  readGroups: [
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  createGroups: ['Group.Create', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  writeGroups: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  writeMembers: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  readOrganization: [
    'Organization.Read.All',
    'Organization.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  readDomains: ['Domain.Read.All', 'Domain.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
} satisfies Record<string, string[]>;

/** What the sandbox's app is granted unless told otherwise: everything that Tenure's connector needs, and no more. */
export const DEFAULT_GRANTS: readonly string[] = [
  'User.ReadWrite.All',
  'User-PasswordProfile.ReadWrite.All',
  'User.EnableDisableAccount.All',
  'User.RevokeSessions.All',
  'User.DeleteRestore.All',
  'Group.Read.All',
  'GroupMember.ReadWrite.All',
  'Organization.Read.All',
  'Domain.Read.All',
];

/** Says whether a token's roles suffice. */
export function isAllowed(roles: ReadonlySet<string>, anyOf: readonly string[]): boolean {
  return anyOf.some((entry) => entry.split('+').every((permission) => roles.has(permission)));
}

/** Throws `Authorization_RequestDenied` when a token's roles do not suffice. */
export function requirePermission(roles: ReadonlySet<string>, anyOf: readonly string[]): void {
  if (!isAllowed(roles, anyOf)) throw requestDenied();
}
