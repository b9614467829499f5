import type { DirectoryObject } from './directory-object.js';

/** Objects of one type in the order of their creation, with indexes for the values that lookups go by. */
export class ObjectCollection<T extends DirectoryObject> {
  readonly #byId = new Map<string, T>();
  readonly #ordered: T[] = [];
  readonly #indexes: Map<string, Map<string, Set<T>>>;

  /** @param indexed properties found by value; comparison ignores case, as the directory does */
  constructor(indexed: readonly string[]) {
    this.#indexes = new Map(indexed.map((name) => [name, new Map()]));
  }

  get size(): number {
    return this.#ordered.length;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  /** Objects created after a given one. */
  *after(sequence: number): Generator<T> {
    for (let i = this.#position(sequence + 1); i < this.#ordered.length; i++) yield this.#ordered[i] as T;
  }

  /** Objects with that value, or undefined where the property has no index. */
  withValue(property: string, value: string): ReadonlySet<T> | undefined {
    const index = this.#indexes.get(property);
    return index && (index.get(value.toLowerCase()) ?? new Set());
  }

  add(object: T): void {
    this.#byId.set(object.id, object);
    this.#ordered.splice(this.#position(object.sequence), 0, object);
    this.#index(object);
  }

  remove(object: T): void {
    this.#byId.delete(object.id);
    const position = this.#position(object.sequence);
    if (this.#ordered[position] === object) this.#ordered.splice(position, 1);
    this.#unindex(object);
  }

  /** Changes an object's properties and keeps the indexes right. */
  change(object: T, change: () => void): void {
    this.#unindex(object);
    change();
    this.#index(object);
  }

  #position(sequence: number): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ordered[middle] as T).sequence < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #index(object: T): void {
    for (const [name, index] of this.#indexes) {
      for (const key of keys(object.properties[name])) {
        const entry = index.get(key);
        if (entry) entry.add(object);
        else index.set(key, new Set([object]));
      }
    }
  }

  #unindex(object: T): void {
    for (const [name, index] of this.#indexes) {
      for (const key of keys(object.properties[name])) {
        const entry = index.get(key);
        entry?.delete(object);
        if (entry?.size === 0) index.delete(key);
      }
    }
  }
}

function keys(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one): one is string => typeof one === 'string').map((one) => one.toLowerCase());
}
