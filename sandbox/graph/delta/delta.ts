import type { DirectoryObject } from '../directory/directory-object.js';
import type { PropertyTable } from '../directory/property-definition.js';
import { GROUP_PROPERTIES } from '../groups/group-properties.js';
import type { GraphCall, GraphState, Route } from '../http/graph-call.js';
import { badRequest, malformed } from '../http/graph-error.js';
import type { GraphReply, GraphRequest } from '../http/graph-request.js';
import { type Filter, parseFilter } from '../odata/filter-syntax.js';
import { collection } from '../odata/page.js';
import { nameList } from '../odata/query-parameters.js';
import { unknownProperty } from '../odata/select.js';
import { PERMISSIONS } from '../tokens/permissions.js';
import { USER_PROPERTIES } from '../users/user-properties.js';
import { type DeltaView, deltaItem, removedItem } from './delta-item.js';
import { type DeltaPosition, deltaLink, readDeltaToken } from './delta-token.js';

const MAX_FILTERED_IDS = 50;

interface TrackedType {
  kind: DirectoryObject['kind'];
  table: PropertyTable;
  /** The relationship that can be followed. */
  relation: 'manager' | 'members';
  /** Names that are followed when the caller does not `$select`. */
  byDefault: string[];
}

const TYPES: Record<'users' | 'groups', TrackedType> = {
  users: { kind: 'user', table: USER_PROPERTIES, relation: 'manager', byDefault: defaults(USER_PROPERTIES) },
  groups: {
    kind: 'group',
    table: GROUP_PROPERTIES,
    relation: 'members',
    byDefault: [...defaults(GROUP_PROPERTIES), 'members'],
  },
};

/** Change tracking: https://learn.microsoft.com/graph/delta-query-overview, user-delta and group-delta. */
export const deltaRoutes: Route[] = [
  {
    method: 'GET',
    path: 'users/delta',
    anyOf: PERMISSIONS.readUsers,
    handle: (call) => answerDelta(call, TYPES.users),
  },
  {
    method: 'GET',
    path: 'groups/delta',
    anyOf: PERMISSIONS.readGroups,
    handle: (call) => answerDelta(call, TYPES.groups),
  },
];

function answerDelta({ request, state }: GraphCall, type: TrackedType): GraphReply {
  const position = startOf(request, state, type);
  const fragment = `${type.kind}s${position.select.length > 0 ? `(${position.select.join(',')})` : ''}`;
  if (request.query.deltatoken === 'latest') {
    return collection(request, fragment, [], { deltaLink: deltaLink(request, 'deltatoken', nextRound(position)) });
  }
  const view: DeltaView = {
    tracked: position.select.length > 0 ? position.select : type.byDefault,
    from: position.from,
    minimal: /return=minimal/i.test(request.headers.prefer ?? ''),
  };
  const { items, after } = page(state, type, position, view);
  const links = after
    ? { nextLink: deltaLink(request, 'skiptoken', { ...position, after }) }
    : { deltaLink: deltaLink(request, 'deltatoken', nextRound(position)) };
  return collection(request, fragment, items, links);
}

function startOf(request: GraphRequest, state: GraphState, type: TrackedType): DeltaPosition {
  const { query } = request;
  if (query.skiptoken) return readDeltaToken(query.skiptoken, request, state);
  const to = state.directory.version;
  if (query.deltatoken && query.deltatoken !== 'latest') {
    return { ...readDeltaToken(query.deltatoken, request, state), to };
  }
  for (const option of ['expand', 'orderby', 'search'] as const) {
    if (query[option] !== undefined)
      throw badRequest(`The query option '$${option}' is not supported on delta queries.`);
  }
  const select = nameList(query.select);
  for (const name of select) {
    if (name !== type.relation && !type.table.has(name)) throw unknownProperty(name, type.kind);
  }
  const ids = query.filter === undefined ? undefined : filteredIds(parseFilter(query.filter));
  return { generation: state.deltaGeneration, from: 0, to, select, ...(ids && { ids }) };
}

function nextRound({ generation, to, select, ids }: DeltaPosition): DeltaPosition {
  return { generation, from: to, to, select, ...(ids && { ids }) };
}

/** `$filter` of a delta query can only name objects: `id eq 'a' or id eq 'b'`, up to 50 of them. */
function filteredIds(filter: Filter): string[] {
  const ids = collectIds(filter);
  if (ids.length > MAX_FILTERED_IDS)
    throw badRequest(`A delta query can filter on at most ${MAX_FILTERED_IDS} objects.`);
  return ids;
}

function collectIds(filter: Filter): string[] {
  if (filter.op === 'or') return [...collectIds(filter.left), ...collectIds(filter.right)];
  if (filter.op === 'eq' && filter.path.join() === 'id' && typeof filter.value === 'string')
    return [filter.value.toLowerCase()];
  throw malformed('Invalid filter clause: delta queries filter on the property id only.');
}

function page(state: GraphState, type: TrackedType, position: DeltaPosition, view: DeltaView) {
  const items: Record<string, unknown>[] = [];
  const { directory } = state;
  const wanted = (id: string) => !position.ids || position.ids.includes(id);
  const after = position.after ?? { phase: 'present', sequence: 0 };
  if (after.phase === 'present') {
    const objects = type.kind === 'user' ? directory.users : directory.groups;
    let last = 0;
    for (const object of objects.after(after.sequence)) {
      if (!wanted(object.id)) continue;
      const item = deltaItem(object, view, directory);
      if (!item) continue;
      if (items.length === state.deltaPageSize) return { items, after: { phase: 'present' as const, sequence: last } };
      items.push(item);
      last = object.sequence;
    }
  }
  const gone = goneSince(state, type, position).filter(({ id }) => wanted(id));
  const passed = after.phase === 'gone' ? after.sequence : 0;
  let last = passed;
  for (const { id, sequence, reason } of gone) {
    if (sequence <= passed) continue;
    if (items.length === state.deltaPageSize) return { items, after: { phase: 'gone' as const, sequence: last } };
    items.push(removedItem(id, reason));
    last = sequence;
  }
  return { items, after: undefined };
}

/** Nobody has to be told of what was gone before the first round. */
function goneSince({ directory }: GraphState, type: TrackedType, { from }: DeltaPosition) {
  if (from === 0) return [];
  const binned = [...directory.recycleBin.values()]
    .filter((object) => object.kind === type.kind && (object.deletedIn ?? 0) > from)
    .map(({ id, sequence }) => ({ id, sequence, reason: 'changed' as const }));
  const purged = directory.tombstones
    .filter((tombstone) => tombstone.kind === type.kind && tombstone.version > from)
    .map(({ id, sequence }) => ({ id, sequence, reason: 'deleted' as const }));
  return [...binned, ...purged].sort((a, b) => a.sequence - b.sequence);
}

function defaults(table: PropertyTable): string[] {
  return [...table].filter(([, definition]) => definition.byDefault).map(([name]) => name);
}
