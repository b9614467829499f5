import type { DirectoryObject } from '../directory/directory-object.js';
import type { PropertyTable } from '../directory/property-definition.js';
import { malformed } from '../http/graph-error.js';
import { nameList, type QueryParameters } from './query-parameters.js';

/** What an answer is to contain: property names, and whether the caller named them. */
export interface Selection {
  names: string[];
  /** The names as they stand in `@odata.context`; undefined when the caller did not choose. */
  chosen?: string[];
}

/** Reads `$select` for one type of object; without it, the type's default set. */
export function readSelection(query: QueryParameters, table: PropertyTable, typeName: 'user' | 'group'): Selection {
  const chosen = nameList(query.select);
  if (chosen.length === 0) {
    return { names: [...table].filter(([, definition]) => definition.byDefault).map(([name]) => name) };
  }
  if (chosen.includes('*')) return { names: [...table.keys()], chosen };
  for (const name of chosen) {
    if (!table.has(name)) throw unknownProperty(name, typeName);
  }
  return { names: chosen, chosen };
}

/** The refusal of a name in `$select` or `$expand` that the type does not have. */
export function unknownProperty(name: string, typeName: string): Error {
  return malformed(
    `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${typeName}'.`,
  );
}

/** The selected properties of an object as Graph shows them: absent collections are empty, other absent values null. */
export function project(object: DirectoryObject, selection: Selection, table: PropertyTable): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const name of selection.names) shown[name] = object.properties[name] ?? emptyValue(name, table);
  return shown;
}

/** How a selection appears in `@odata.context`. */
export function contextSuffix(selection: Selection): string {
  return selection.chosen ? `(${selection.chosen.join(',')})` : '';
}

function emptyValue(name: string, table: PropertyTable): unknown {
  const definition = table.get(name);
  if (definition?.type === 'strings' || definition?.type === 'complexes') return [];
  if (name === 'onPremisesExtensionAttributes') {
    return Object.fromEntries(Object.keys(definition?.members ?? {}).map((member) => [member, null]));
  }
  return null;
}
