import type { GroupObject, UserObject } from '../directory/directory-object.js';
import { findReferenced, findUser } from '../directory/find-object.js';
import { readReference } from '../directory/reference.js';
import { GROUP_PROPERTIES } from '../groups/group-properties.js';
import type { GraphCall, Route } from '../http/graph-call.js';
import { badRequest, onPremisesMastered, resourceNotFound } from '../http/graph-error.js';
import { context, type GraphReply, NO_CONTENT } from '../http/graph-request.js';
import { fewObjects, list } from '../odata/list.js';
import { contextSuffix, project, readSelection } from '../odata/select.js';
import { PERMISSIONS } from '../tokens/permissions.js';
import { presentUser, readUserView } from './present-user.js';
import { USER_PROPERTIES } from './user-properties.js';

const READ_MEMBERSHIP = ['User.Read.All+GroupMember.Read.All', ...PERMISSIONS.readGroups];

/** A user's manager, reports and groups: https://learn.microsoft.com/graph/api/user-post-manager, user-list-memberof, … */
export const userRelationRoutes: Route[] = [
  { method: 'GET', path: 'users/{id}/manager', anyOf: PERMISSIONS.readUsers, handle: getManager },
  { method: 'GET', path: 'users/{id}/manager/$ref', anyOf: PERMISSIONS.readUsers, handle: getManagerReference },
  { method: 'PUT', path: 'users/{id}/manager/$ref', anyOf: PERMISSIONS.writeUsers, handle: setManager },
  { method: 'DELETE', path: 'users/{id}/manager/$ref', anyOf: PERMISSIONS.writeUsers, handle: removeManager },
  { method: 'GET', path: 'users/{id}/directReports', anyOf: PERMISSIONS.readUsers, handle: listReports },
  { method: 'GET', path: 'users/{id}/memberOf', anyOf: READ_MEMBERSHIP, handle: (call) => listGroups(call, true) },
  {
    method: 'GET',
    path: 'users/{id}/memberOf/microsoft.graph.group',
    anyOf: READ_MEMBERSHIP,
    handle: (call) => listGroups(call, false),
  },
];

function managerOf({ params, state }: GraphCall) {
  const user = findUser(state, params.id ?? '');
  const manager = user.managerId === undefined ? undefined : state.directory.users.get(user.managerId);
  if (!manager) throw resourceNotFound('manager');
  return { user, manager };
}

function getManager(call: GraphCall): GraphReply {
  const { request, state } = call;
  const view = readUserView(request);
  const { manager } = managerOf(call);
  const annotations = {
    '@odata.context': context(request, `directoryObjects${contextSuffix(view.selection)}/$entity`),
    '@odata.type': '#microsoft.graph.user',
  };
  return { status: 200, body: { ...annotations, ...presentUser(state, manager, view) } };
}

function getManagerReference(call: GraphCall): GraphReply {
  const { manager } = managerOf(call);
  const link = `${call.request.origin}/v1.0/directoryObjects/${manager.id}`;
  return { status: 200, body: { '@odata.context': context(call.request, '$ref'), '@odata.id': link } };
}

function setManager({ request, params, state }: GraphCall): GraphReply {
  const user = findUser(state, params.id ?? '');
  if (user.properties.onPremisesSyncEnabled === true) throw onPremisesMastered();
  const manager = findReferenced(state, readReference(request.body));
  if (manager.kind !== 'user') throw badRequest("Invalid value specified for property 'manager' of resource 'User'.");
  if (user.managerId !== manager.id) state.directory.setManager(user, manager.id);
  return NO_CONTENT;
}

function removeManager(call: GraphCall): GraphReply {
  const { user } = managerOf(call);
  if (user.properties.onPremisesSyncEnabled === true) throw onPremisesMastered();
  call.state.directory.setManager(user, undefined);
  return NO_CONTENT;
}

function listReports({ request, params, state }: GraphCall): GraphReply {
  const user = findUser(state, params.id ?? '');
  const view = readUserView(request);
  return list<UserObject>(request, {
    after: fewObjects(state.directory.reports(user.id)),
    resource: 'User',
    properties: USER_PROPERTIES,
    visible: () => true,
    contextFragment: `directoryObjects${contextSuffix(view.selection)}`,
    present: (report) => ({ '@odata.type': '#microsoft.graph.user', ...presentUser(state, report, view) }),
  });
}

function listGroups({ request, params, state }: GraphCall, typed: boolean): GraphReply {
  const user = findUser(state, params.id ?? '');
  const selection = readSelection(request.query, GROUP_PROPERTIES, 'group');
  const annotation = typed ? { '@odata.type': '#microsoft.graph.group' } : {};
  return list<GroupObject>(request, {
    after: fewObjects(state.directory.groupsOf(user.id)),
    resource: 'Group',
    properties: GROUP_PROPERTIES,
    visible: () => true,
    contextFragment: `${typed ? 'directoryObjects' : 'groups'}${contextSuffix(selection)}`,
    present: (group) => ({ ...annotation, ...project(group, selection, GROUP_PROPERTIES) }),
  });
}
