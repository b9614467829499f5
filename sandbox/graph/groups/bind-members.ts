import type { GroupObject } from '../directory/directory-object.js';
import { findReferenced } from '../directory/find-object.js';
import { parseReference } from '../directory/reference.js';
import type { GraphState } from '../http/graph-call.js';
import { badRequest } from '../http/graph-error.js';
import { requireAssignedMembership } from './group-rules.js';

const MAX_BOUND_MEMBERS = 20;
const DUPLICATE = "One or more added object references already exist for the following modified properties: 'members'.";

/** Takes `members@odata.bind` out of a group's create or update: up to 20 references, all of which must exist. */
export function takeBoundMembers(
  body: Record<string, unknown>,
  state: GraphState,
): { members: string[]; rest: Record<string, unknown> } {
  const { 'members@odata.bind': bound = [], ...rest } = body;
  if (!Array.isArray(bound) || bound.length > MAX_BOUND_MEMBERS) {
    throw badRequest(`The number of references in 'members@odata.bind' must be between 0 and ${MAX_BOUND_MEMBERS}.`);
  }
  return { members: bound.map((url) => findReferenced(state, parseReference(url, 'members@odata.bind')).id), rest };
}

/** Adds members to a group, all or none. */
export function bindMembers(group: GroupObject, members: string[], state: GraphState): void {
  if (members.length === 0) return;
  requireAssignedMembership(group);
  if (new Set(members).size < members.length || members.some((id) => group.members.has(id)))
    throw badRequest(DUPLICATE);
  for (const id of members) state.directory.addMember(group, id);
}
