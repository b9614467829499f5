import type { DirectoryObject } from '../directory/directory-object.js';
import type { ObjectCollection } from '../directory/object-collection.js';
import type { PropertyTable } from '../directory/property-definition.js';
import { GraphError, malformed, unsupportedQuery } from '../http/graph-error.js';
import { type GraphReply, type GraphRequest, isEventual } from '../http/graph-request.js';
import { candidates, matches } from './filter-match.js';
import { checkFilterSupport } from './filter-support.js';
import { type Filter, parseFilter } from './filter-syntax.js';
import { parseOrderBy, sorted } from './order-by.js';
import { collection, decodeToken, linkWithToken, type PagePosition, pageSize, refuseSkip } from './page.js';

/** What a list is made of. */
export interface ListSource<T extends DirectoryObject> {
  resource: 'User' | 'Group';
  properties: PropertyTable;
  /** Objects in order of creation, after a sequence number. */
  after(sequence: number): Iterable<T>;
  /** Present where filters can go through an index. */
  indexed?: ObjectCollection<T>;
  /** False while replication has not brought the object here. Asked once per object and request. */
  visible(object: T): boolean;
  /** Fragment of `@odata.context`. */
  contextFragment: string;
  present(object: T): Record<string, unknown>;
}

/** The `after` of a source whose few objects are at hand. */
export function fewObjects<T extends DirectoryObject>(objects: T[]): ListSource<T>['after'] {
  const ordered = [...objects].sort((a, b) => a.sequence - b.sequence);
  return (sequence) => ordered.filter((object) => object.sequence > sequence);
}

/** Answers a list request: `$filter`, `$search`, `$orderby`, `$top`, `$count` and pages, as directory objects have them. */
export function list<T extends DirectoryObject>(request: GraphRequest, source: ListSource<T>): GraphReply {
  const { query } = request;
  refuseSkip(query);
  const size = pageSize(query);
  const { filter, counted, search } = readConditions(request, source);
  const position = query.skiptoken === undefined ? {} : decodeToken<PagePosition>(query.skiptoken);
  const accepts = (object: T) =>
    (!filter || matches(filter, object.properties)) && (!search || search(object)) && source.visible(object);

  const order = query.orderby && parseOrderBy(query.orderby, { advanced: counted, filtered: filter !== undefined });
  if (order) {
    const all = sorted([...base(source, filter, 0)].filter(accepts), order);
    const offset = position.offset ?? 0;
    const page = all.slice(offset, offset + size);
    const next = offset + size < all.length ? { offset: offset + size } : undefined;
    return answer(request, source, page, next, counted && offset === 0 ? all.length : undefined);
  }

  const first = position.after === undefined;
  const needsCount = counted && first;
  const found: T[] = [];
  for (const object of base(source, filter, position.after ?? 0)) {
    if (accepts(object)) found.push(object);
    if (!needsCount && found.length > size) break;
  }
  const page = found.slice(0, size);
  const last = page.at(-1);
  const next = found.length > size && last ? { after: last.sequence } : undefined;
  return answer(request, source, page, next, needsCount ? found.length : undefined);
}

/** Answers `…/$count`. Counting needs the eventually consistent index. */
export function count<T extends DirectoryObject>(request: GraphRequest, source: ListSource<T>): GraphReply {
  if (!isEventual(request)) throw new GraphError(400, 'Request_BadRequest', '$count is not currently supported.');
  const advanced = { ...request, query: { ...request.query, count: 'true' } };
  const { filter, search } = readConditions(advanced, source);
  let found = 0;
  for (const object of base(source, filter, 0)) {
    if ((!filter || matches(filter, object.properties)) && (!search || search(object)) && source.visible(object))
      found++;
  }
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: String(found) };
}

function readConditions<T extends DirectoryObject>(request: GraphRequest, source: ListSource<T>) {
  const { query } = request;
  const eventual = isEventual(request);
  const counted = eventual && query.count?.toLowerCase() === 'true';
  let filter: Filter | undefined;
  if (query.filter !== undefined) {
    filter = parseFilter(query.filter);
    checkFilterSupport(filter, { resource: source.resource, properties: source.properties, advanced: counted });
  }
  return { filter, counted, search: query.search === undefined ? undefined : readSearch(query.search, eventual) };
}

/** Reads `$search="property:text"`: every word of the text begins a word of the value. */
function readSearch(text: string, eventual: boolean): (object: DirectoryObject) => boolean {
  if (!eventual) {
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  const match = /^"(displayName|description|mail|userPrincipalName|givenName|surname|mailNickname):([^"]+)"$/.exec(
    text,
  );
  if (!match) throw malformed(`Syntax error: search expression '${text}' is not valid; use "property:text".`);
  const [, property = '', wanted = ''] = match;
  const words = wanted.toLowerCase().split(/\s+/);
  return (object) => {
    const tokens = String(object.properties[property] ?? '')
      .toLowerCase()
      .split(/[\s@.,_-]+/);
    return words.every((word) => tokens.some((token) => token.startsWith(word)));
  };
}

/** Objects to look at, in order of creation, after a sequence number. */
function base<T extends DirectoryObject>(
  source: ListSource<T>,
  filter: Filter | undefined,
  after: number,
): Iterable<T> {
  const hits = filter && source.indexed && candidates(filter, source.indexed);
  if (!hits) return source.after(after);
  return [...hits].filter((object) => object.sequence > after).sort((a, b) => a.sequence - b.sequence);
}

function answer<T extends DirectoryObject>(
  request: GraphRequest,
  source: ListSource<T>,
  page: T[],
  next: PagePosition | undefined,
  total: number | undefined,
): GraphReply {
  const links = { nextLink: next && linkWithToken(request, 'skiptoken', next), count: total };
  return collection(request, source.contextFragment, page.map(source.present), links);
}
