import { ALL_STAFF, departmentOu, groupDn, LEADERS } from '../directories/demo-domain.js';
import type { AdAccount } from '../witnesses/active-directory.witness.js';
import type { EntraAccount } from '../witnesses/entra.witness.js';
import type { FeedPerson } from './people.js';

/** The accounts of both directories, by HR's id. */
export interface Seen {
  ad: ReadonlyMap<string, AdAccount>;
  entra: ReadonlyMap<string, EntraAccount>;
}

/** What HR knows, and so what has to stand in the directories. Written by hand: it does not ask the policy. */
export class Roster {
  private readonly people = new Map<string, FeedPerson & { left: boolean }>();

  /** They are here from now on, with these attributes. */
  join(people: readonly FeedPerson[]): void {
    for (const person of people) this.people.set(person.personId, { ...person, left: false });
  }

  change(personId: string, changes: Partial<FeedPerson> & { left?: boolean }): void {
    this.people.set(personId, { ...this.person(personId), ...changes });
  }

  person(personId: string): FeedPerson & { left: boolean } {
    const person = this.people.get(personId);
    if (!person) throw new Error(`HR knows nobody with the id ${personId}.`);
    return person;
  }

  get size(): number {
    return this.people.size;
  }

  /** What is not as it should be, a line each; only of the given people, or of all. */
  differences(seen: Seen, only: readonly string[] = [...this.people.keys()]): string[] {
    return only.flatMap((personId) => {
      const wrong = [...this.wrongInAd(personId, seen.ad), ...this.wrongInEntra(personId, seen)];
      return wrong.map((what) => `${nameOf(this.person(personId))} (${personId}) ${what}`);
    });
  }

  private wrongInAd(personId: string, ad: Seen['ad']): string[] {
    const person = this.person(personId);
    const account = ad.get(personId);
    if (!account) return ['has no account in Active Directory'];
    const groups = groupsOf(person).map(groupDn);
    const manager = person.manager === undefined ? undefined : ad.get(person.manager)?.dn;
    return [
      account.enabled === person.left && `is ${account.enabled ? 'enabled' : 'disabled'} in Active Directory`,
      !isSame(account.groups, groups) && `is in the groups ${account.groups.join(' ') || 'none'} of Active Directory`,
      !person.left && !account.dn.endsWith(`,${departmentOu(person.department)}`) && `stands at ${account.dn}`,
      !person.left && account.displayName !== nameOf(person) && `is called ${account.displayName} in Active Directory`,
      !person.left &&
        account.manager !== manager &&
        `has the manager ${account.manager ?? 'nobody'} in Active Directory`,
    ].filter((what) => what !== false);
  }

  private wrongInEntra(personId: string, { ad, entra }: Seen): string[] {
    const person = this.person(personId);
    const account = entra.get(personId);
    if (!account) return ['has no account in Entra ID'];
    return [
      account.enabled === person.left && `is ${account.enabled ? 'enabled' : 'disabled'} in Entra ID`,
      !isSame(account.groups, groupsOf(person)) &&
        `is in the groups ${account.groups.join(', ') || 'none'} of Entra ID`,
      !person.left && account.displayName !== nameOf(person) && `is called ${account.displayName} in Entra ID`,
      !person.left &&
        account.manager !== person.manager &&
        `has the manager ${account.manager ?? 'nobody'} in Entra ID`,
      account.userPrincipalName !== ad.get(personId)?.userPrincipalName && 'signs in by two names',
    ].filter((what) => what !== false);
  }
}

/** What a person is called. */
export function nameOf({ displayName, givenName, familyName }: FeedPerson): string {
  return displayName ?? `${givenName} ${familyName}`;
}

function groupsOf(person: FeedPerson & { left: boolean }): string[] {
  if (person.left) return [];
  return [ALL_STAFF, person.department, ...(/^(Chief|Head)\b/.test(person.title) ? [LEADERS] : [])];
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && others.every((one) => some.includes(one));
}
