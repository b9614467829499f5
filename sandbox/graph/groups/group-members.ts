import type { DirectoryObject } from '../directory/directory-object.js';
import { findGroup, findReferenced } from '../directory/find-object.js';
import { readReference } from '../directory/reference.js';
import type { GraphCall, Route } from '../http/graph-call.js';
import { badRequest, resourceNotFound } from '../http/graph-error.js';
import { type GraphReply, NO_CONTENT } from '../http/graph-request.js';
import { count, fewObjects, type ListSource, list } from '../odata/list.js';
import { contextSuffix, project, readSelection, type Selection } from '../odata/select.js';
import { PERMISSIONS } from '../tokens/permissions.js';
import { USER_PROPERTIES } from '../users/user-properties.js';
import { bindMembers } from './bind-members.js';
import { GROUP_PROPERTIES } from './group-properties.js';
import { requireAssignedMembership } from './group-rules.js';

const { readGroups, writeMembers } = PERMISSIONS;

/** Membership: https://learn.microsoft.com/graph/api/group-list-members, group-post-members, group-delete-members. */
export const groupMemberRoutes: Route[] = [
  {
    method: 'GET',
    path: 'groups/{id}/members',
    anyOf: readGroups,
    handle: (call) => list(call.request, memberSource(call)),
  },
  {
    method: 'GET',
    path: 'groups/{id}/members/$count',
    anyOf: readGroups,
    handle: (call) => count(call.request, memberSource(call)),
  },
  {
    method: 'GET',
    path: 'groups/{id}/members/microsoft.graph.user',
    anyOf: readGroups,
    handle: (call) => list(call.request, memberSource(call, 'user')),
  },
  {
    method: 'GET',
    path: 'groups/{id}/members/microsoft.graph.group',
    anyOf: readGroups,
    handle: (call) => list(call.request, memberSource(call, 'group')),
  },
  { method: 'POST', path: 'groups/{id}/members/$ref', anyOf: writeMembers, handle: addMember },
  { method: 'DELETE', path: 'groups/{id}/members/{memberId}/$ref', anyOf: writeMembers, handle: removeMember },
];

function memberSource(
  { request, params, state }: GraphCall,
  kind?: DirectoryObject['kind'],
): ListSource<DirectoryObject> {
  const group = findGroup(state, params.id ?? '');
  const selections = selectionsFor(request.query, kind);
  const members = [...group.members.keys()]
    .flatMap((id) => state.directory.find(id) ?? [])
    .filter((member) => kind === undefined || member.kind === kind);
  const fragment = kind === undefined ? 'directoryObjects' : `${kind}s`;
  return {
    resource: kind === 'group' ? 'Group' : 'User',
    properties: kind === 'group' ? GROUP_PROPERTIES : USER_PROPERTIES,
    after: fewObjects(members),
    visible: () => true,
    contextFragment: `${fragment}${contextSuffix(selections.user ?? selections.group)}`,
    present: (member) => {
      const annotation = kind === undefined ? { '@odata.type': `#microsoft.graph.${member.kind}` } : {};
      const table = member.kind === 'user' ? USER_PROPERTIES : GROUP_PROPERTIES;
      return { ...annotation, ...project(member, selections[member.kind], table) };
    },
  };
}

/** Members may be users and groups; a name that only one of the types has is left out of the other's. */
function selectionsFor(
  query: GraphCall['request']['query'],
  kind?: DirectoryObject['kind'],
): Record<DirectoryObject['kind'], Selection> {
  const read = (type: DirectoryObject['kind'], strict: boolean) => {
    const table = type === 'user' ? USER_PROPERTIES : GROUP_PROPERTIES;
    const select = strict
      ? query.select
      : query.select
          ?.split(',')
          .filter((name) => table.has(name.trim()) || !knownAnywhere(name.trim()))
          .join(',');
    return readSelection({ select }, table, type);
  };
  return { user: read('user', kind === 'user'), group: read('group', kind === 'group') };
}

function knownAnywhere(name: string): boolean {
  return USER_PROPERTIES.has(name) || GROUP_PROPERTIES.has(name);
}

function addMember({ request, params, state }: GraphCall): GraphReply {
  const group = findGroup(state, params.id ?? '');
  const member = findReferenced(state, readReference(request.body));
  if (member === group) throw badRequest('A group cannot be added as a member of itself.');
  requireAssignedMembership(group);
  bindMembers(group, [member.id], state);
  return NO_CONTENT;
}

function removeMember({ params, state }: GraphCall): GraphReply {
  const group = findGroup(state, params.id ?? '');
  const memberId = (params.memberId ?? '').toLowerCase();
  requireAssignedMembership(group);
  if (!group.members.has(memberId)) throw resourceNotFound(memberId);
  state.directory.removeMember(group, memberId);
  return NO_CONTENT;
}
