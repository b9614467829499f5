import type { GraphState } from '../http/graph-call.js';
import { resourceNotFound } from '../http/graph-error.js';
import type { DirectoryObject, GroupObject, UserObject } from './directory-object.js';

/** The user that a URL names, by id or user principal name. */
export function findUser(state: GraphState, identifier: string): UserObject {
  const { users } = state.directory;
  const user = users.get(identifier.toLowerCase()) ?? [...(users.withValue('userPrincipalName', identifier) ?? [])][0];
  if (!user || !state.replication.sees(user.id, 'byId')) throw resourceNotFound(identifier);
  return user;
}

/** The group that a URL names by its id. */
export function findGroup(state: GraphState, identifier: string): GroupObject {
  const group = state.directory.groups.get(identifier.toLowerCase());
  if (!group || !state.replication.sees(group.id, 'byId')) throw resourceNotFound(identifier);
  return group;
}

/** The object that stands in the `@odata.id` of a reference, as seen by the replica that resolves it. */
export function findReferenced(state: GraphState, identifier: string): DirectoryObject {
  const object = state.directory.find(identifier.toLowerCase());
  if (!object || !state.replication.sees(object.id, 'asReference')) throw resourceNotFound(identifier);
  return object;
}
