import type { DirectoryObject, UserObject } from '../directory/directory-object.js';
import { requireObject } from '../directory/read-properties.js';
import { GROUP_PROPERTIES } from '../groups/group-properties.js';
import type { GraphCall, GraphState, Route } from '../http/graph-call.js';
import { resourceNotFound } from '../http/graph-error.js';
import { context, type GraphReply, NO_CONTENT } from '../http/graph-request.js';
import { count, fewObjects, type ListSource, list } from '../odata/list.js';
import { contextSuffix, project, readSelection } from '../odata/select.js';
import { PERMISSIONS, requirePermission } from '../tokens/permissions.js';
import { USER_PROPERTIES } from '../users/user-properties.js';
import { checkUserUniqueness, checkUserValues } from '../users/user-rules.js';

const READ = [...PERMISSIONS.readUsers, ...PERMISSIONS.readGroups, 'User.DeleteRestore.All'];
const WRITE = [...PERMISSIONS.deleteUsers, ...PERMISSIONS.writeGroups];
const USERS = 'directory/deletedItems/microsoft.graph.user';

/** The recycle bin: https://learn.microsoft.com/graph/api/resources/directory. */
export const deletedItemRoutes: Route[] = [
  { method: 'GET', path: USERS, anyOf: READ, handle: (call) => list(call.request, deleted(call, 'user')) },
  { method: 'GET', path: `${USERS}/$count`, anyOf: READ, handle: (call) => count(call.request, deleted(call, 'user')) },
  {
    method: 'GET',
    path: 'directory/deletedItems/microsoft.graph.group',
    anyOf: READ,
    handle: (call) => list(call.request, deleted(call, 'group')),
  },
  { method: 'GET', path: 'directory/deletedItems/{id}', anyOf: READ, handle: getDeleted },
  { method: 'GET', path: 'directory/deletedItems/{id}/microsoft.graph.user', anyOf: READ, handle: getDeleted },
  { method: 'DELETE', path: 'directory/deletedItems/{id}', anyOf: WRITE, handle: deleteForGood },
  { method: 'POST', path: 'directory/deletedItems/{id}/restore', anyOf: WRITE, handle: restore },
];

function deleted({ request, state }: GraphCall, kind: DirectoryObject['kind']): ListSource<DirectoryObject> {
  const table = kind === 'user' ? USER_PROPERTIES : GROUP_PROPERTIES;
  const selection = readSelection(request.query, table, kind);
  const objects = [...state.directory.recycleBin.values()]
    .filter((object) => object.kind === kind)
    .map((object) => ({ ...object, properties: shownProperties(object) }) as DirectoryObject);
  return {
    resource: kind === 'user' ? 'User' : 'Group',
    properties: table,
    after: fewObjects(objects),
    visible: () => true,
    contextFragment: `${kind}s${contextSuffix(selection)}`,
    present: (object) => project(object, selection, table),
  };
}

function getDeleted({ request, params, state }: GraphCall): GraphReply {
  return { status: 200, body: presentDirectoryObject(findDeleted(state, params.id ?? ''), request) };
}

function deleteForGood({ params, roles, state }: GraphCall): GraphReply {
  const object = findDeleted(state, params.id ?? '');
  requireKind(object, roles);
  state.directory.purge(object);
  return NO_CONTENT;
}

/**
 * Brings an object back under its id, with its memberships. `newUserPrincipalName` is for a name that was given away
 * meanwhile; `autoReconcileProxyConflict` drops addresses that were.
 */
function restore({ request, params, roles, state }: GraphCall): GraphReply {
  const object = findDeleted(state, params.id ?? '');
  requireKind(object, roles);
  const options = request.body === undefined ? {} : requireObject(request.body);
  if (object.kind === 'user') {
    const values = restoredValues(object, options, state);
    checkUserUniqueness({ ...object.properties, ...values }, state.directory);
    state.directory.restore(object, values);
  } else {
    state.directory.restore(object);
  }
  state.replication.created(object.id);
  return { status: 200, body: presentDirectoryObject(object, request) };
}

function restoredValues(
  user: UserObject,
  options: Record<string, unknown>,
  state: GraphState,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  if (typeof options.newUserPrincipalName === 'string') {
    values.userPrincipalName = options.newUserPrincipalName;
    checkUserValues(values, state.tenant);
  }
  if (options.autoReconcileProxyConflict === true) {
    const addresses = (user.properties.proxyAddresses as string[] | undefined) ?? [];
    values.proxyAddresses = addresses.filter(
      (address) => !state.directory.users.withValue('proxyAddresses', address)?.size,
    );
  }
  return values;
}

function findDeleted(state: GraphState, id: string): DirectoryObject {
  const object = state.directory.recycleBin.get(id.toLowerCase());
  if (!object) throw resourceNotFound(id);
  return object;
}

function requireKind(object: DirectoryObject, roles: ReadonlySet<string>): void {
  requirePermission(roles, object.kind === 'user' ? PERMISSIONS.deleteUsers : PERMISSIONS.writeGroups);
}

function presentDirectoryObject(object: DirectoryObject, request: GraphCall['request']): Record<string, unknown> {
  const table = object.kind === 'user' ? USER_PROPERTIES : GROUP_PROPERTIES;
  const selection = readSelection(request.query, table, object.kind);
  return {
    '@odata.context': context(request, `directoryObjects${contextSuffix(selection)}/$entity`),
    '@odata.type': `#microsoft.graph.${object.kind}`,
    ...project({ ...object, properties: shownProperties(object) } as DirectoryObject, selection, table),
  };
}

/** In the recycle bin a user's principal name stands behind its id, without hyphens, so that the name is free. */
function shownProperties(object: DirectoryObject): Record<string, unknown> {
  if (object.kind !== 'user' || object.deletedIn === undefined) return object.properties;
  const prefix = object.id.replaceAll('-', '');
  return { ...object.properties, userPrincipalName: `${prefix}${object.properties.userPrincipalName}` };
}
