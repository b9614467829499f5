import type { UserObject } from '../directory/directory-object.js';
import type { GraphState } from '../http/graph-call.js';
import { badRequest } from '../http/graph-error.js';
import type { GraphRequest } from '../http/graph-request.js';
import { nameList } from '../odata/query-parameters.js';
import { project, readSelection, type Selection, unknownProperty } from '../odata/select.js';
import { USER_PROPERTIES } from './user-properties.js';

/** How a request wants users to be shown. */
export interface UserView {
  selection: Selection;
  /** Present when the manager is to be shown along with the user. */
  manager?: Selection;
}

/** Reads `$select` and `$expand` of a request for users. Of the relationships, `manager` can be expanded. */
export function readUserView(request: GraphRequest): UserView {
  const selection = readSelection(request.query, USER_PROPERTIES, 'user');
  const { expand } = request.query;
  if (expand === undefined) return { selection };
  const match = /^\s*(\w+)(?:\(\$select=([\w,\s]+)\))?\s*$/.exec(expand);
  if (!match) throw badRequest(`Invalid $expand: '${expand}'.`);
  const [, name = '', select] = match;
  if (name !== 'manager') throw unknownProperty(name, 'user');
  return { selection, manager: readSelection({ select: nameList(select).join(',') }, USER_PROPERTIES, 'user') };
}

/** A user as an answer shows it. */
export function presentUser(state: GraphState, user: UserObject, view: UserView): Record<string, unknown> {
  const shown = project(user, view.selection, USER_PROPERTIES);
  const manager = view.manager && user.managerId ? state.directory.users.get(user.managerId) : undefined;
  if (view.manager && manager) {
    shown.manager = { '@odata.type': '#microsoft.graph.user', ...project(manager, view.manager, USER_PROPERTIES) };
  }
  return shown;
}
