import type { Entry } from './entry.js';
import { attributeDefinition } from './schema.js';
import { type Value, valueKey } from './values.js';

/** The attributes that searches find entries by without reading them all. */
const INDEXED = [
  'sAMAccountName',
  'userPrincipalName',
  'employeeID',
  'employeeNumber',
  'mail',
  'proxyAddresses',
  'cn',
  'name',
  'displayName',
  'objectSid',
  'mS-DS-ConsistencyGuid',
].map((name) => name.toLowerCase());

/** Finds entries by the value of an indexed attribute. */
export class AttributeIndex {
  private readonly entries = new Map(INDEXED.map((name) => [name, new Map<string, Set<Entry>>()]));

  /** The entries with that value, or undefined when the attribute has no index. */
  find(attribute: string, key: string): ReadonlySet<Entry> | undefined {
    const byKey = this.entries.get(attribute.toLowerCase());
    return byKey && (byKey.get(key) ?? EMPTY);
  }

  /** Moves an entry from its old values to its new ones. */
  update(entry: Entry, before: Map<string, Value[]>, after: Map<string, Value[]>): void {
    for (const [name, byKey] of this.entries) {
      const [old, now] = [before.get(name), after.get(name)];
      if (old === now) continue;
      const definition = attributeDefinition(name);
      if (!definition) continue;
      for (const value of old ?? []) {
        const key = valueKey(definition, value);
        const set = byKey.get(key);
        set?.delete(entry);
        if (set?.size === 0) byKey.delete(key);
      }
      for (const value of now ?? []) {
        const key = valueKey(definition, value);
        const set = byKey.get(key) ?? new Set();
        byKey.set(key, set.add(entry));
      }
    }
  }
}

const EMPTY: ReadonlySet<Entry> = new Set();
