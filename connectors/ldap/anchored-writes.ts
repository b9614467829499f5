import { ConnectorError } from '../contract/connector-error.js';
import { resultCode } from './errors.js';
import { equals } from './filters.js';
import type { Session, Target } from './session.js';

/** How often an entry is followed that moves while it is written to. */
const ATTEMPTS = 3;

/**
 * Writes to the entry with that anchor, wherever it has gone since its name was read: a name that is gone, or that
 * belongs to another entry by now, is looked up again. The target then has the new name.
 * @param write called with the target, whose anchor is missing where the directory cannot hold the write to it
 */
export async function writeTo(
  session: Session,
  target: Required<Target>,
  write: (target: Target) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(target);
    } catch (error) {
      const code = resultCode(error);
      if ((code !== 32 && code !== 122) || attempt === ATTEMPTS) throw error;
      const dn = await nameOf(session, target.id);
      if (dn === undefined) throw gone(session, target.id);
      if (dn === target.dn) {
        // OpenLDAP's unique overlay holds its own look-up to the assertion, which then fails (seen with 2.5).
        if (code === 122) return await write({ dn });
        throw error;
      }
      target.dn = dn;
    }
  }
}

/** The name of the entry with that anchor, among people and groups. */
async function nameOf(session: Session, id: string): Promise<string | undefined> {
  const { baseDn, groupBaseDn } = session.settings;
  for (const base of new Set([baseDn, groupBaseDn ?? baseDn])) {
    const [entry] = await session.search(base, { scope: 'sub', filter: equals('entryUUID', id), attributes: ['1.1'] });
    if (entry) return entry.dn;
  }
  return undefined;
}

function gone(session: Session, id: string): ConnectorError {
  return new ConnectorError('not-found', `Directory "${session.settings.directory}" has no entry ${id} any more.`);
}
