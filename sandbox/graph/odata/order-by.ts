import type { DirectoryObject } from '../directory/directory-object.js';
import { malformed, unsupportedQuery } from '../http/graph-error.js';

/** How a list is sorted. */
export interface OrderBy {
  property: string;
  descending: boolean;
}

/** Sortable properties of users and groups; those with `true` need advanced query parameters. */
const SORTABLE: Record<string, boolean> = {
  displayName: false,
  userPrincipalName: false,
  createdDateTime: true,
  deletedDateTime: true,
};

/**
 * Reads `$orderby`. Together with `$filter` it always needs advanced query parameters ("Advanced query capabilities on
 * Microsoft Entra ID objects", sorting).
 */
export function parseOrderBy(text: string, { advanced, filtered }: { advanced: boolean; filtered: boolean }): OrderBy {
  const match = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(text);
  const property = match?.[1];
  if (property === undefined) throw malformed(`Invalid $orderby: Syntax error at position 0 in '${text}'.`);
  const needsAdvanced = SORTABLE[property];
  if (needsAdvanced === undefined || ((needsAdvanced || filtered) && !advanced)) {
    throw unsupportedQuery('Sorting not supported for current query.');
  }
  return { property, descending: match?.[2]?.toLowerCase() === 'desc' };
}

/** Sorts a copy; objects without a value come first. */
export function sorted<T extends DirectoryObject>(objects: Iterable<T>, order: OrderBy): T[] {
  const key = (object: T) => String(object.properties[order.property] ?? '').toLowerCase();
  const sign = order.descending ? -1 : 1;
  return [...objects].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left === right ? a.sequence - b.sequence : left < right ? -sign : sign;
  });
}
