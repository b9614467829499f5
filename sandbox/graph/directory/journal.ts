import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Directory, Tombstone } from './directory.js';
import type { DirectoryObject } from './directory-object.js';

/** One change to the directory, as a line of the journal. Members of groups are lines of their own. */
export type JournalRecord =
  | { put: DirectoryObject }
  | { member: { group: string; id: string; version: number; present: boolean } }
  | { bury: Tombstone };

/**
 * The directory's changes in a file, one JSON line each, so that its state outlives the process even when that is
 * killed. Reading it back also writes it anew without what has been overtaken.
 */
export class Journal {
  #file: number | undefined;

  /** @param path the file; it and its folder are made when absent */
  constructor(private readonly path: string) {}

  /** Brings an empty directory to the state of the file, then stands ready to append. Called once. */
  replay(directory: Directory): void {
    if (existsSync(this.path)) {
      for (const line of readFileSync(this.path, 'utf8').split('\n')) {
        const record = readLine(line);
        if (record) apply(directory, record);
      }
    } else {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    }
    const fresh = `${this.path}.new`;
    writeFileSync(fresh, [...records(directory)].map(toLine).join(''), { mode: 0o600 });
    renameSync(fresh, this.path);
    this.#file = openSync(this.path, 'a');
  }

  /** Writes a change down. Ignored while the file is being read back, and after `close`. */
  append(record: JournalRecord): void {
    if (this.#file !== undefined) appendFileSync(this.#file, toLine(record));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function toLine(record: JournalRecord): string {
  const text = JSON.stringify(record, (key, value) =>
    (key === 'members' || key === 'formerMembers') && value instanceof Map ? undefined : value,
  );
  return `${text}\n`;
}

/** A line that a killed process left unfinished is the last one, and is as if it had not been written. */
function readLine(line: string): JournalRecord | undefined {
  try {
    return JSON.parse(line) as JournalRecord;
  } catch {
    return undefined;
  }
}

function apply(directory: Directory, record: JournalRecord): void {
  if ('put' in record) {
    const object = record.put;
    if (object.kind === 'group') Object.assign(object, { members: new Map(), formerMembers: new Map() });
    directory.load(object);
  } else if ('member' in record) {
    const { group: groupId, id, version, present } = record.member;
    const group = directory.groups.get(groupId) ?? directory.recycleBin.get(groupId);
    if (group?.kind === 'group') directory.setMembership(group, id, version, present);
  } else {
    directory.bury(record.bury);
  }
}

function* records(directory: Directory): Generator<JournalRecord> {
  const groups = [...directory.groups.after(0)];
  for (const object of [...directory.users.after(0), ...groups, ...directory.recycleBin.values()]) {
    yield { put: object };
    if (object.kind === 'user') continue;
    for (const [id, version] of object.members) yield { member: { group: object.id, id, version, present: true } };
    for (const [id, version] of object.formerMembers)
      yield { member: { group: object.id, id, version, present: false } };
  }
  for (const tombstone of directory.tombstones) yield { bury: tombstone };
}
