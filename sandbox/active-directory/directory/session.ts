import { adError } from './ad-error.js';
import { type Domain, wellKnown } from './domain.js';
import type { Entry } from './entry.js';

/** What one connection is: who signed in on it, and the searches it is paging through. */
export interface Session {
  /** The id of the account; absent for anonymous connections. */
  userId?: string;
  /** The entries that are still to come, by cookie. */
  readonly pages: Map<string, string[]>;
}

/** The account that signed in, or undefined for anonymous connections. */
export function signedIn({ store }: Domain, session: Session): Entry | undefined {
  const user = session.userId === undefined ? undefined : store.get(session.userId);
  return user?.deleted ? undefined : user;
}

/**
 * Demands that somebody signed in; AD shows anonymous clients nothing but the root DSE.
 * @throws AdError operationsError
 */
export function requireUser(domain: Domain, session: Session): Entry {
  const user = signedIn(domain, session);
  if (!user) throw adError.notBound();
  return user;
}

/**
 * Demands the right to write. Only members of Domain Admins have it here; AD's access control lists are not modelled.
 * @throws AdError operationsError or insufficientAccessRights
 */
export function requireAdministrator(domain: Domain, session: Session): void {
  if (!isAdministrator(domain, requireUser(domain, session))) throw adError.noRights();
}

/** Whether the account is in Domain Admins, directly or through groups. */
export function isAdministrator(domain: Domain, user: Entry): boolean {
  const admins = wellKnown(domain, 'CN=Domain Admins,CN=Users').id;
  const seen = new Set<string>();
  const waiting = [user.id];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === admins) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(domain.store.get(id)?.backlinks.get('member') ?? []));
  }
  return false;
}
