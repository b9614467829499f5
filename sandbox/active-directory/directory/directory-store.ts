import { AttributeIndex } from './attribute-index.js';
import { type DistinguishedName, formatDn, formatRdn, parseDn, rdnKey, sameDn } from './distinguished-name.js';
import { type Entry, type EntryDraft, numberOf, type StoredPassword } from './entry.js';
import { relativeId } from './identifiers.js';
import { classDefinition } from './schema.js';
import type { Value } from './values.js';
import { generalizedTime } from './windows-time.js';

/** One committed change, as the state file keeps it. */
export interface ChangeRecord {
  id: string;
  kind: string;
  rdn: [type: string, value: string];
  parent?: string;
  attributes: [name: string, values: Value[]][];
  links: [name: string, added: string[], removed: string[]][];
  password?: StoredPassword;
  deleted: boolean;
}

/**
 * The objects of the domain: a tree by name, found by id and by indexed attributes. Links are kept by id, so a rename
 * shows in every group and at every report at once. Nothing here checks rules; operations do, before they commit.
 */
export class DirectoryStore {
  readonly base: DistinguishedName;
  private readonly byId = new Map<string, Entry>();
  private readonly index = new AttributeIndex();
  private readonly baseText: string;
  private rootEntry?: Entry;
  private usn = 1000;
  private lastRid = 1099;

  /** @param onCommit hears of every change, after it is true */
  constructor(
    baseDn: string,
    private readonly onCommit: (record: ChangeRecord) => void = () => {},
  ) {
    this.base = parseDn(baseDn);
    this.baseText = formatDn(this.base);
  }

  /** The root of the domain. */
  get root(): Entry {
    if (!this.rootEntry) throw new Error('The directory has no root yet: commit the domain object first.');
    return this.rootEntry;
  }

  get isEmpty(): boolean {
    return this.rootEntry === undefined;
  }

  /** The number of the last change; searches for uSNChanged count from it. */
  get highestCommittedUsn(): number {
    return this.usn;
  }

  /** A relative id that no account had before. */
  nextRelativeId(): number {
    this.lastRid += 1;
    return this.lastRid;
  }

  get(id: string): Entry | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<Entry> {
    return this.byId.values();
  }

  /** Entries by the value of an indexed attribute; undefined when it has no index. */
  find(attribute: string, key: string): ReadonlySet<Entry> | undefined {
    return this.index.find(attribute, key);
  }

  /** The DN of an entry as text. */
  dnOf(entry: Entry): string {
    let text = '';
    for (let at: Entry = entry; at.parent; at = at.parent) text += `${at.rdnText},`;
    return text + this.baseText;
  }

  /** Whether the DN lies in this domain. */
  holds(dn: DistinguishedName): boolean {
    const from = dn.length - this.base.length;
    return from >= 0 && sameDn(dn.slice(from), this.base);
  }

  /**
   * Walks down to an entry by name.
   * @returns the entry, or the deepest one that exists on the way
   */
  resolve(dn: DistinguishedName): { entry?: Entry; deepest: Entry } {
    let at = this.root;
    for (const rdn of dn.slice(0, dn.length - this.base.length).reverse()) {
      const child = at.children.get(rdnKey(rdn));
      if (!child) return { deepest: at };
      at = child;
    }
    return { entry: at, deepest: at };
  }

  /** Whether an entry lies below another one, or is it. */
  isWithin(entry: Entry, ancestor: Entry): boolean {
    for (let at: Entry | undefined = entry; at; at = at.parent) if (at === ancestor) return true;
    return false;
  }

  /**
   * Makes a draft true.
   * @param stamp whether it counts as a change of the object (uSNChanged, whenChanged); bookkeeping at sign-in does not
   */
  commit(draft: EntryDraft, stamp = true): Entry {
    if (stamp) {
      this.usn += 1;
      draft.set('whenChanged', generalizedTime());
      draft.set('uSNChanged', String(this.usn));
      if (!draft.current) {
        draft.set('whenCreated', generalizedTime());
        draft.set('uSNCreated', String(this.usn));
      }
    }
    const record: ChangeRecord = {
      id: draft.guid.toString('hex'),
      kind: draft.kind.name,
      rdn: [draft.rdn.type, draft.rdn.value],
      parent: draft.parent?.id,
      attributes: [...draft.attributes],
      links: [...draft.linkChanges].map(([name, { added, removed }]) => [name, [...added], [...removed]]),
      password: draft.password,
      deleted: draft.deleted,
    };
    const entry = this.apply(record);
    this.onCommit(record);
    return entry;
  }

  /** Takes a record of the state file back in. Link targets may come later than the links to them. */
  apply(record: ChangeRecord): Entry {
    const rdn = { type: record.rdn[0], value: record.rdn[1] };
    const known = this.byId.get(record.id);
    const entry = known ?? this.create(record);
    this.index.update(entry, known ? entry.attributes : new Map(), new Map(record.attributes));
    if (known) entry.parent?.children.delete(rdnKey(entry.rdn));
    entry.rdn = rdn;
    entry.rdnText = formatRdn(rdn);
    entry.parent = record.parent === undefined ? undefined : this.byId.get(record.parent);
    entry.parent?.children.set(rdnKey(rdn), entry);
    entry.attributes = new Map(record.attributes);
    entry.password = record.password;
    entry.deleted = record.deleted;
    for (const [name, added, removed] of record.links) this.changeLinks(entry, name, added, removed);
    this.keepCounting(entry);
    return entry;
  }

  /** Everything as records, parents before children: what a fresh state file holds. */
  *records(): Iterable<ChangeRecord> {
    const waiting: Entry[] = this.rootEntry ? [this.rootEntry] : [];
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      waiting.push(...entry.children.values());
      yield {
        id: entry.id,
        kind: entry.kind.name,
        rdn: [entry.rdn.type, entry.rdn.value],
        parent: entry.parent?.id,
        attributes: [...entry.attributes],
        links: [...entry.links].map(([name, targets]) => [name, [...targets], []]),
        password: entry.password,
        deleted: entry.deleted,
      };
    }
  }

  private create(record: ChangeRecord): Entry {
    const kind = classDefinition(record.kind);
    if (!kind) throw new Error(`The state holds an entry of the unknown class "${record.kind}".`);
    const entry: Entry = {
      id: record.id,
      guid: Buffer.from(record.id, 'hex'),
      kind,
      rdn: { type: record.rdn[0], value: record.rdn[1] },
      rdnText: '',
      children: new Map(),
      attributes: new Map(),
      links: new Map(),
      // Links to this entry may have been read before the entry itself.
      backlinks: this.waitingBacklinks.get(record.id) ?? new Map(),
      deleted: record.deleted,
    };
    this.waitingBacklinks.delete(record.id);
    this.byId.set(entry.id, entry);
    if (record.parent === undefined) this.rootEntry = entry;
    return entry;
  }

  private readonly waitingBacklinks = new Map<string, Map<string, Set<string>>>();

  private changeLinks(entry: Entry, name: string, added: readonly string[], removed: readonly string[]): void {
    const targets = entry.links.get(name) ?? new Set<string>();
    for (const target of removed) {
      targets.delete(target);
      this.backlinksOf(target).get(name)?.delete(entry.id);
    }
    for (const target of added) {
      targets.add(target);
      const backlinks = this.backlinksOf(target);
      backlinks.set(name, (backlinks.get(name) ?? new Set()).add(entry.id));
    }
    if (targets.size > 0) entry.links.set(name, targets);
    else entry.links.delete(name);
  }

  private backlinksOf(target: string): Map<string, Set<string>> {
    const backlinks = this.byId.get(target)?.backlinks ?? this.waitingBacklinks.get(target) ?? new Map();
    if (!this.byId.has(target)) this.waitingBacklinks.set(target, backlinks);
    return backlinks;
  }

  private keepCounting(entry: Entry): void {
    this.usn = Math.max(this.usn, numberOf(entry, 'uSNChanged'));
    const sid = entry.attributes.get('objectsid')?.[0];
    if (Buffer.isBuffer(sid) && entry.parent) this.lastRid = Math.max(this.lastRid, relativeId(sid));
  }
}
