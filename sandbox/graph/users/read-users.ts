import type { UserObject } from '../directory/directory-object.js';
import { findUser } from '../directory/find-object.js';
import type { GraphCall, Route } from '../http/graph-call.js';
import { context, type GraphReply } from '../http/graph-request.js';
import { count, type ListSource, list } from '../odata/list.js';
import { contextSuffix } from '../odata/select.js';
import { PERMISSIONS } from '../tokens/permissions.js';
import { presentUser, readUserView } from './present-user.js';
import { USER_PROPERTIES } from './user-properties.js';

const anyOf = PERMISSIONS.readUsers;

/** Reading users: https://learn.microsoft.com/graph/api/user-list and user-get. */
export const readUserRoutes: Route[] = [
  { method: 'GET', path: 'users', anyOf, handle: (call) => list(call.request, userSource(call)) },
  { method: 'GET', path: 'users/$count', anyOf, handle: (call) => count(call.request, userSource(call)) },
  { method: 'GET', path: 'users/{id}', anyOf, handle: getUser },
];

function userSource({ request, state }: GraphCall): ListSource<UserObject> {
  const view = readUserView(request);
  const { users } = state.directory;
  return {
    resource: 'User',
    properties: USER_PROPERTIES,
    after: (sequence) => users.after(sequence),
    indexed: users,
    visible: (user) => state.replication.sees(user.id, 'inLists'),
    contextFragment: `users${contextSuffix(view.selection)}`,
    present: (user) => presentUser(state, user, view),
  };
}

function getUser({ request, params, state }: GraphCall): GraphReply {
  const view = readUserView(request);
  const user = findUser(state, params.id ?? '');
  const fragment = `users${contextSuffix(view.selection)}/$entity`;
  return { status: 200, body: { '@odata.context': context(request, fragment), ...presentUser(state, user, view) } };
}
