import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import type { ServerCertificate } from '../../certificates.js';
import type { ChangeRecord, DirectoryStore } from './directory-store.js';

/** What clients of the directory have been told, so that it must outlive a restart. */
export interface Identity {
  /** The domain's root: a state file belongs to one domain. */
  baseDn: string;
  certificate: ServerCertificate;
  adminPassword: string;
}

/** The state as read. `records` go into an empty store. */
export interface SavedState {
  identity?: Identity;
  records: ChangeRecord[];
}

/**
 * Keeps the directory in a file: one JSON line per change, appended at once, so that killing the process loses
 * nothing that was answered. Every start writes it anew without what has been overwritten since.
 */
export class StateFile {
  private file?: number;

  constructor(private readonly path: string) {}

  /**
   * Reads what an earlier run left. A last line cut short by a crash is ignored: it was never answered.
   * @throws Error when the file is no such state
   */
  read(): SavedState {
    const state: SavedState = { records: [] };
    if (!existsSync(this.path)) return state;
    const lines = readFileSync(this.path, 'utf8').split('\n');
    lines.forEach((line, index) => {
      if (line === '') return;
      try {
        const parsed = JSON.parse(line) as { identity: Identity } | StoredRecord;
        if ('identity' in parsed) state.identity = parsed.identity;
        else state.records.push(fromStored(parsed));
      } catch (error) {
        if (index === lines.length - 1) return;
        throw new Error(
          `Line ${index + 1} of the directory's state file ${this.path} cannot be read (${String(error)}). ` +
            'Delete the file to start with an empty directory.',
        );
      }
    });
    return state;
  }

  /** Writes the state as it stands and stays open for what follows. */
  open(identity: Identity, store: DirectoryStore): void {
    const lines = [JSON.stringify({ identity })];
    for (const record of store.records()) lines.push(toLine(record));
    const fresh = `${this.path}.new`;
    writeFileSync(fresh, `${lines.join('\n')}\n`, { mode: 0o600 });
    renameSync(fresh, this.path);
    this.file = openSync(this.path, 'a', 0o600);
  }

  /** Adds one change. Before `open` and after `close` nothing is written. */
  append(record: ChangeRecord): void {
    if (this.file !== undefined) writeSync(this.file, `${toLine(record)}\n`);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

/** Bytes are written in base64, marked so that no text looks like them. */
type StoredValue = string | { base64: string };

type StoredRecord = Omit<ChangeRecord, 'attributes'> & { attributes: [name: string, values: StoredValue[]][] };

function toLine(record: ChangeRecord): string {
  const attributes = record.attributes.map(([name, values]) => [
    name,
    values.map((value) => (typeof value === 'string' ? value : { base64: value.toString('base64') })),
  ]);
  return JSON.stringify({ ...record, attributes });
}

function fromStored(record: StoredRecord): ChangeRecord {
  const attributes = record.attributes.map(([name, values]): ChangeRecord['attributes'][number] => [
    name,
    values.map((value) => (typeof value === 'string' ? value : Buffer.from(value.base64, 'base64'))),
  ]);
  return { ...record, attributes };
}
