import { keepPassword, type UserObject } from '../directory/directory-object.js';
import { directoryTime } from '../directory/directory-time.js';
import { findUser } from '../directory/find-object.js';
import { readProperties, requireObject } from '../directory/read-properties.js';
import type { GraphCall, Route } from '../http/graph-call.js';
import { badRequest, onPremisesMastered, valueRequired } from '../http/graph-error.js';
import { context, type GraphReply, NO_CONTENT } from '../http/graph-request.js';
import { readSelection } from '../odata/select.js';
import { PERMISSIONS, requirePermission } from '../tokens/permissions.js';
import { checkPassword } from './password-rules.js';
import { presentUser } from './present-user.js';
import { USER_PROPERTIES } from './user-properties.js';
import { checkUserUniqueness, checkUserValues, withProxyAddresses } from './user-rules.js';

const REQUIRED = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName'];

/** Creating, changing and deleting users: https://learn.microsoft.com/graph/api/user-post-users, user-update, user-delete. */
export const writeUserRoutes: Route[] = [
  { method: 'POST', path: 'users', anyOf: PERMISSIONS.writeUsers, handle: createUser },
  // What a change needs depends on what it changes, so the handler asks.
  {
    method: 'PATCH',
    path: 'users/{id}',
    anyOf: [...PERMISSIONS.enableUsers, ...PERMISSIONS.setPasswords],
    handle: updateUser,
  },
  { method: 'DELETE', path: 'users/{id}', anyOf: PERMISSIONS.deleteUsers, handle: deleteUser },
  {
    method: 'POST',
    path: 'users/{id}/revokeSignInSessions',
    anyOf: PERMISSIONS.revokeSessions,
    handle: revokeSessions,
  },
];

function createUser({ request, state }: GraphCall): GraphReply {
  const { passwordProfile, ...values } = readProperties(requireObject(request.body), USER_PROPERTIES, 'User');
  for (const name of REQUIRED) {
    if (values[name] === undefined || values[name] === null) throw valueRequired(name, 'User');
  }
  checkUserValues(values, state.tenant);
  const profile = passwordProfile as PasswordProfile | null | undefined;
  if (!profile?.password) throw badRequest('A password must be specified to create a new user.');
  checkPassword(profile.password, String(values.userPrincipalName), values.passwordPolicies);
  const complete = withProxyAddresses(values);
  checkUserUniqueness(complete, state.directory);

  const now = directoryTime();
  const user = state.directory.createUser(
    {
      createdDateTime: now,
      lastPasswordChangeDateTime: now,
      signInSessionsValidFromDateTime: now,
      userType: 'Member',
      ...complete,
    },
    { password: keepPassword(profile.password, profile.forceChangePasswordNextSignIn ?? true) },
  );
  state.replication.created(user.id);
  return {
    status: 201,
    headers: {
      Location: `${request.origin}/v2/${state.tenant.id}/directoryObjects/${user.id}/Microsoft.DirectoryServices.User`,
    },
    body: {
      '@odata.context': context(request, 'users/$entity'),
      ...presentUser(state, user, { selection: readSelection({}, USER_PROPERTIES, 'user') }),
    },
  };
}

function updateUser({ request, params, roles, state }: GraphCall): GraphReply {
  const body = requireObject(request.body);
  requireUpdatePermissions(Object.keys(body), roles);
  const user = findUser(state, params.id ?? '');
  const { passwordProfile, ...values } = readProperties(body, USER_PROPERTIES, 'User');
  requireCloudMastered(user, Object.keys(body));
  checkUserValues(values, state.tenant);
  const complete = withProxyAddresses(values, user.properties.proxyAddresses as string[] | undefined);
  checkUserUniqueness(complete, state.directory, user);

  const profile = passwordProfile as PasswordProfile | null | undefined;
  const merged = mergeComplex(user, complete);
  if (profile?.password) {
    const policies = values.passwordPolicies ?? user.properties.passwordPolicies;
    checkPassword(profile.password, String(values.userPrincipalName ?? user.properties.userPrincipalName), policies);
    const now = directoryTime();
    Object.assign(merged, { lastPasswordChangeDateTime: now, signInSessionsValidFromDateTime: now });
    const password = keepPassword(profile.password, profile.forceChangePasswordNextSignIn ?? true);
    state.directory.update(user, merged, { password, ...endedSessions(user) });
  } else {
    const mustChange = profile?.forceChangePasswordNextSignIn ?? user.password?.mustChange ?? false;
    state.directory.update(user, merged, user.password ? { password: { ...user.password, mustChange } } : {});
  }
  return NO_CONTENT;
}

function deleteUser({ params, state }: GraphCall): GraphReply {
  state.directory.softDelete(findUser(state, params.id ?? ''));
  return NO_CONTENT;
}

function revokeSessions({ request, params, state }: GraphCall): GraphReply {
  const user = findUser(state, params.id ?? '');
  state.directory.update(user, { signInSessionsValidFromDateTime: directoryTime() }, endedSessions(user));
  return { status: 200, body: { '@odata.context': context(request, 'Edm.Boolean'), value: true } };
}

function endedSessions(user: UserObject): Pick<UserObject, 'sessionsEnded'> {
  return { sessionsEnded: (user.sessionsEnded ?? 0) + 1 };
}

interface PasswordProfile {
  password?: string | null;
  forceChangePasswordNextSignIn?: boolean | null;
}

/** Passwords, leave dates and the enabled switch have permissions of their own ("Update user", permissions). */
function requireUpdatePermissions(names: string[], roles: ReadonlySet<string>): void {
  for (const name of names) {
    if (name === 'passwordProfile') requirePermission(roles, PERMISSIONS.setPasswords);
    else if (name === 'employeeLeaveDateTime') requirePermission(roles, PERMISSIONS.setLeaveDates);
    else if (name === 'accountEnabled') requirePermission(roles, PERMISSIONS.enableUsers);
    else requirePermission(roles, PERMISSIONS.writeUsers);
  }
}

/** An account that Entra Connect brought takes most changes in Active Directory only. */
function requireCloudMastered(user: UserObject, names: string[]): void {
  if (user.properties.onPremisesSyncEnabled !== true) return;
  for (const name of names) {
    const definition = USER_PROPERTIES.get(name);
    if (definition && !definition.cloudOwned) throw onPremisesMastered();
  }
}

/** A complex value in a PATCH changes only the members that it names. */
function mergeComplex(user: UserObject, values: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...values };
  for (const [name, value] of Object.entries(values)) {
    if (USER_PROPERTIES.get(name)?.type !== 'complex' || value === null) continue;
    merged[name] = { ...(user.properties[name] as object | null | undefined), ...(value as object) };
  }
  return merged;
}
