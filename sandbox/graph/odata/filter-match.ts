import type { DirectoryObject } from '../directory/directory-object.js';
import type { ObjectCollection } from '../directory/object-collection.js';
import type { Filter, Literal } from './filter-syntax.js';

/** Says whether an object meets a filter. Text compares without regard to case, as in the directory. */
export function matches(filter: Filter, properties: Record<string, unknown>, element?: unknown): boolean {
  switch (filter.op) {
    case 'and':
      return matches(filter.left, properties, element) && matches(filter.right, properties, element);
    case 'or':
      return matches(filter.left, properties, element) || matches(filter.right, properties, element);
    case 'not':
      return !matches(filter.operand, properties, element);
    case 'any': {
      const values = read(filter.path, properties);
      return Array.isArray(values) && values.some((value) => matches(filter.operand, properties, value));
    }
    case 'in':
      return filter.values.some((value) => compare(subject(filter.path, properties, element), value) === 0);
    case 'startsWith':
    case 'endsWith':
    case 'contains': {
      const text = subject(filter.path, properties, element);
      if (typeof text !== 'string') return false;
      const [whole, part] = [text.toLowerCase(), filter.value.toLowerCase()];
      if (filter.op === 'startsWith') return whole.startsWith(part);
      return filter.op === 'endsWith' ? whole.endsWith(part) : whole.includes(part);
    }
    default: {
      const order = compare(subject(filter.path, properties, element), filter.value);
      if (filter.op === 'eq') return order === 0;
      if (filter.op === 'ne') return order !== 0;
      if (order === undefined) return false;
      return { ge: order >= 0, le: order <= 0, gt: order > 0, lt: order < 0 }[filter.op];
    }
  }
}

/**
 * The objects that a filter can be about, through an index where the filter demands an indexed value; undefined where
 * only looking at every object will do.
 */
export function candidates<T extends DirectoryObject>(
  filter: Filter,
  collection: ObjectCollection<T>,
): Iterable<T> | undefined {
  if (filter.op === 'and') return candidates(filter.left, collection) ?? candidates(filter.right, collection);
  if (filter.op === 'or') {
    const left = candidates(filter.left, collection);
    const right = left && candidates(filter.right, collection);
    return right && new Set([...left, ...right]);
  }
  if (filter.op === 'in') return union(filter.path, filter.values, collection);
  if (filter.op === 'eq') return union(filter.path, [filter.value], collection);
  if (filter.op === 'any' && filter.operand.op === 'eq' && filter.operand.path.length === 0) {
    return union(filter.path, [filter.operand.value], collection);
  }
  return undefined;
}

function union<T extends DirectoryObject>(
  path: string[],
  values: Literal[],
  collection: ObjectCollection<T>,
): Iterable<T> | undefined {
  const [property = '', member] = path;
  if (member !== undefined) return undefined;
  const found = new Set<T>();
  for (const value of values) {
    if (typeof value !== 'string') return undefined;
    const byId = property === 'id' ? collection.get(value.toLowerCase()) : undefined;
    const hits = property === 'id' ? (byId ? [byId] : []) : collection.withValue(property, value);
    if (hits === undefined) return undefined;
    for (const hit of hits) found.add(hit);
  }
  return found;
}

function subject(path: string[], properties: Record<string, unknown>, element: unknown): unknown {
  return path.length === 0 ? element : read(path, properties);
}

function read(path: string[], properties: Record<string, unknown>): unknown {
  let value: unknown = properties;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
}

/** Below, equal or above as a number; undefined where the two do not compare. */
function compare(value: unknown, literal: Literal): number | undefined {
  if (literal === null) return value === null || value === undefined ? 0 : undefined;
  if (typeof value === 'string' && typeof literal === 'string') {
    const [a, b] = [value.toLowerCase(), literal.toLowerCase()];
    return a === b ? 0 : a < b ? -1 : 1;
  }
  return value === literal ? 0 : undefined;
}
