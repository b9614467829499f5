import type { GroupObject } from '../directory/directory-object.js';
import { directoryTime } from '../directory/directory-time.js';
import { findGroup } from '../directory/find-object.js';
import { readProperties, requireObject } from '../directory/read-properties.js';
import type { GraphCall, Route } from '../http/graph-call.js';
import { onPremisesMastered } from '../http/graph-error.js';
import { context, type GraphReply, NO_CONTENT } from '../http/graph-request.js';
import { count, type ListSource, list } from '../odata/list.js';
import { contextSuffix, project, readSelection } from '../odata/select.js';
import { PERMISSIONS } from '../tokens/permissions.js';
import { bindMembers, takeBoundMembers } from './bind-members.js';
import { GROUP_PROPERTIES } from './group-properties.js';
import { checkGroupUniqueness, checkGroupValues, checkNewGroup, isUnified } from './group-rules.js';

const { readGroups } = PERMISSIONS;

/** Groups: https://learn.microsoft.com/graph/api/resources/group. */
export const groupRoutes: Route[] = [
  { method: 'GET', path: 'groups', anyOf: readGroups, handle: (call) => list(call.request, groupSource(call)) },
  { method: 'GET', path: 'groups/$count', anyOf: readGroups, handle: (call) => count(call.request, groupSource(call)) },
  { method: 'POST', path: 'groups', anyOf: PERMISSIONS.createGroups, handle: createGroup },
  { method: 'GET', path: 'groups/{id}', anyOf: readGroups, handle: getGroup },
  { method: 'PATCH', path: 'groups/{id}', anyOf: PERMISSIONS.writeMembers, handle: updateGroup },
  { method: 'DELETE', path: 'groups/{id}', anyOf: PERMISSIONS.writeGroups, handle: deleteGroup },
];

function groupSource({ request, state }: GraphCall): ListSource<GroupObject> {
  const selection = readSelection(request.query, GROUP_PROPERTIES, 'group');
  const { groups } = state.directory;
  return {
    resource: 'Group',
    properties: GROUP_PROPERTIES,
    after: (sequence) => groups.after(sequence),
    indexed: groups,
    visible: (group) => state.replication.sees(group.id, 'inLists'),
    contextFragment: `groups${contextSuffix(selection)}`,
    present: (group) => project(group, selection, GROUP_PROPERTIES),
  };
}

function getGroup({ request, params, state }: GraphCall): GraphReply {
  const selection = readSelection(request.query, GROUP_PROPERTIES, 'group');
  const group = findGroup(state, params.id ?? '');
  const fragment = `groups${contextSuffix(selection)}/$entity`;
  return {
    status: 200,
    body: { '@odata.context': context(request, fragment), ...project(group, selection, GROUP_PROPERTIES) },
  };
}

function createGroup({ request, state }: GraphCall): GraphReply {
  const { members, rest } = takeBoundMembers(requireObject(request.body), state);
  const values = readProperties(rest, GROUP_PROPERTIES, 'Group');
  checkGroupValues(values);
  checkNewGroup(values);
  checkGroupUniqueness(values, state.directory);
  const now = directoryTime();
  const initialDomain = state.tenant.domains.find((domain) => domain.isInitial)?.name;
  const mail = isUnified({ properties: values }) ? `${values.mailNickname}@${initialDomain}` : null;
  const group = state.directory.createGroup({
    createdDateTime: now,
    renewedDateTime: now,
    mail,
    proxyAddresses: mail === null ? [] : [`SMTP:${mail}`],
    ...values,
  });
  bindMembers(group, members, state);
  state.replication.created(group.id);
  const selection = readSelection({}, GROUP_PROPERTIES, 'group');
  return {
    status: 201,
    headers: {
      Location: `${request.origin}/v2/${state.tenant.id}/directoryObjects/${group.id}/Microsoft.DirectoryServices.Group`,
    },
    body: { '@odata.context': context(request, 'groups/$entity'), ...project(group, selection, GROUP_PROPERTIES) },
  };
}

function updateGroup({ request, params, state }: GraphCall): GraphReply {
  const { members, rest } = takeBoundMembers(requireObject(request.body), state);
  const group = findGroup(state, params.id ?? '');
  const values = readProperties(rest, GROUP_PROPERTIES, 'Group');
  const synced = group.properties.onPremisesSyncEnabled === true;
  if (synced && Object.keys(values).some((name) => !GROUP_PROPERTIES.get(name)?.cloudOwned)) throw onPremisesMastered();
  checkGroupValues(values);
  checkGroupUniqueness(values, state.directory, group);
  bindMembers(group, members, state);
  if (Object.keys(values).length > 0) state.directory.update(group, values);
  return NO_CONTENT;
}

/** Microsoft 365 groups go to the recycle bin; security groups are gone for good. */
function deleteGroup({ params, state }: GraphCall): GraphReply {
  const group = findGroup(state, params.id ?? '');
  if (isUnified(group)) state.directory.softDelete(group);
  else state.directory.purge(group);
  return NO_CONTENT;
}
