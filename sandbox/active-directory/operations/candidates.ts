import type { Domain } from '../directory/domain.js';
import type { Entry } from '../directory/entry.js';
import { attributeDefinition, BACKLINKS } from '../directory/schema.js';
import { valueKey } from '../directory/values.js';
import type { LdapFilter } from '../wire/ldap-filter.js';
import { assertedValue, linkedEntry } from './filter.js';

/**
 * The entries that a filter can possibly match, by the indexes; undefined when only reading them all would tell. They
 * still have to be held against the filter.
 */
export function candidates(domain: Domain, filter: LdapFilter): ReadonlySet<Entry> | undefined {
  switch (filter.kind) {
    case 'equal':
      return byEquality(domain, filter.attribute, filter.value);
    case 'and':
      return smallest(filter.filters.map((each) => candidates(domain, each)));
    case 'or':
      return union(filter.filters.map((each) => candidates(domain, each)));
    default:
      return undefined;
  }
}

function byEquality(domain: Domain, attribute: string, value: Buffer): ReadonlySet<Entry> | undefined {
  const definition = attributeDefinition(attribute);
  if (!definition) return new Set();
  const name = definition.name.toLowerCase();
  const asserted = assertedValue(domain, definition, value);
  if (name === 'objectguid') return setOf([domain.store.get((asserted as Buffer).toString('hex'))]);
  const forward = BACKLINKS.get(name);
  if (definition.link || forward !== undefined || name === 'distinguishedname') {
    const target = linkedEntry(domain, value);
    if (name === 'distinguishedname') return setOf([target]);
    const ids = forward === undefined ? target?.backlinks.get(name) : target?.links.get(forward);
    return setOf([...(ids ?? [])].map((id) => domain.store.get(id)));
  }
  return domain.store.find(name, valueKey(definition, asserted));
}

function setOf(entries: (Entry | undefined)[]): ReadonlySet<Entry> {
  return new Set(entries.filter((entry) => entry !== undefined));
}

function smallest(sets: (ReadonlySet<Entry> | undefined)[]): ReadonlySet<Entry> | undefined {
  const known = sets.filter((set) => set !== undefined);
  return known.sort((a, b) => a.size - b.size)[0];
}

function union(sets: (ReadonlySet<Entry> | undefined)[]): ReadonlySet<Entry> | undefined {
  const known = sets.filter((set) => set !== undefined);
  return known.length === sets.length ? new Set(known.flatMap((set) => [...set])) : undefined;
}
