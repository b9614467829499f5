import type { Rdn } from './distinguished-name.js';
import type { ClassDefinition } from './schema.js';
import type { Value } from './values.js';

/** What is kept of an account's passwords: never the text. */
export interface StoredPassword {
  /** Salted hash of the current password. */
  hash: string;
  /** Hashes of earlier passwords, the newest first. */
  history: string[];
}

/** One object of the directory. Attribute names are keys in lower case. */
export interface Entry {
  /** The GUID in hexadecimal: stays the same whatever happens to the object. */
  readonly id: string;
  readonly guid: Buffer;
  readonly kind: ClassDefinition;
  rdn: Rdn;
  /** The RDN as it stands in a DN, escaped. */
  rdnText: string;
  /** Absent for the root of the domain only. */
  parent?: Entry;
  readonly children: Map<string, Entry>;
  attributes: Map<string, Value[]>;
  /** Targets of link attributes, as ids in the order they were added. */
  readonly links: Map<string, Set<string>>;
  /** Who links here, by the forward attribute. */
  readonly backlinks: Map<string, Set<string>>;
  password?: StoredPassword;
  /** A tombstone. */
  deleted: boolean;
}

/** The only value of an attribute as text, or undefined. */
export function textOf(entry: Pick<Entry, 'attributes'>, name: string): string | undefined {
  const value = entry.attributes.get(name.toLowerCase())?.[0];
  return typeof value === 'string' ? value : undefined;
}

/** The only value of an integer attribute; 0 when absent. */
export function numberOf(entry: Pick<Entry, 'attributes'>, name: string): number {
  return Number(textOf(entry, name) ?? 0);
}

/** The only value of a large integer attribute; 0 when absent. */
export function bigintOf(entry: Pick<Entry, 'attributes'>, name: string): bigint {
  return BigInt(textOf(entry, name) ?? 0);
}

/** What changes in the links of one attribute. */
export interface LinkChange {
  added: Set<string>;
  removed: Set<string>;
}

/**
 * A change in the making. Operations work on a draft and check it; only the store's commit makes it true, so an
 * operation that is refused half-way has changed nothing.
 */
export class EntryDraft {
  readonly attributes: Map<string, Value[]>;
  readonly linkChanges = new Map<string, LinkChange>();
  rdn: Rdn;
  parent?: Entry;
  password?: StoredPassword;
  deleted: boolean;

  private constructor(
    readonly guid: Buffer,
    readonly kind: ClassDefinition,
    rdn: Rdn,
    /** The entry as it stands, absent while it is being created. */
    readonly current?: Entry,
  ) {
    this.rdn = rdn;
    this.attributes = new Map(current?.attributes);
    this.parent = current?.parent;
    this.password = current?.password;
    this.deleted = current?.deleted ?? false;
  }

  /** Starts a new entry. */
  static create(guid: Buffer, kind: ClassDefinition, rdn: Rdn, parent?: Entry): EntryDraft {
    const draft = new EntryDraft(guid, kind, rdn);
    draft.parent = parent;
    return draft;
  }

  /** Starts a change of an entry. */
  static of(entry: Entry): EntryDraft {
    return new EntryDraft(entry.guid, entry.kind, entry.rdn, entry);
  }

  /** Replaces all values of an attribute; none removes it. */
  set(name: string, ...values: Value[]): void {
    if (values.length === 0) this.attributes.delete(name.toLowerCase());
    else this.attributes.set(name.toLowerCase(), values);
  }

  /** Whether the entry would link to the target after this change. */
  links(name: string, target: string): boolean {
    const change = this.linkChanges.get(name);
    if (change?.added.has(target)) return true;
    return !change?.removed.has(target) && (this.current?.links.get(name)?.has(target) ?? false);
  }

  /** The targets after this change. */
  linkTargets(name: string): string[] {
    const change = this.linkChanges.get(name);
    const kept = [...(this.current?.links.get(name) ?? [])].filter((target) => !change?.removed.has(target));
    return [...kept, ...(change?.added ?? [])];
  }

  /** Adds or removes one link. */
  link(name: string, target: string, on: boolean): void {
    const change = this.linkChanges.get(name) ?? { added: new Set(), removed: new Set() };
    this.linkChanges.set(name, change);
    const stored = this.current?.links.get(name)?.has(target) ?? false;
    if (on) change.removed.delete(target);
    else change.added.delete(target);
    if (on !== stored) (on ? change.added : change.removed).add(target);
  }
}
