import type { EntityManager } from 'typeorm';
import type { Person } from '../../domain/person/person.js';
import type { KnownAccount } from '../../domain/plan/plan.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import type { EndUser } from '../../persistence/entities/operation.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';

/** A person with the accounts that Tenure knows of, read inside a transaction that holds the person's row. */
export interface PersonState {
  person: Person;
  accounts: KnownAccount[];
}

/**
 * Reads a person for planning and keeps everybody else from planning for them until the transaction ends.
 * @param id UUID of the person
 */
export async function lockPerson(manager: EntityManager, id: string): Promise<PersonState> {
  const row = await manager.findOneOrFail(PersonEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  const accounts = await manager.findBy(AccountEntity, { personUuid: id });
  const { personId, state, attributes } = row;
  return { person: { id, personId, state, attributes }, accounts: accounts.map(toKnownAccount) };
}

/** An account's row in the words of the domain. */
export function toKnownAccount(row: AccountEntity): KnownAccount {
  return {
    directory: row.directory,
    id: row.anchor,
    name: row.name,
    state: row.state,
    attributes: row.attributes,
    container: row.container ?? undefined,
    memberships: row.memberships,
    withdrawn: row.withdrawn,
    manager: row.manager ?? undefined,
    cutAt: row.disabledAt?.toISOString(),
  };
}

/** How the report names a person: what HR calls them and what their accounts are called. */
export function endUserOf(person: Pick<Person, 'personId' | 'attributes'>, accounts: KnownAccount[]): EndUser {
  const { attributes } = person;
  const fullName = [attributes.givenName, attributes.familyName].filter((part) => typeof part === 'string').join(' ');
  const fromAccounts = (...names: string[]) =>
    accounts.flatMap((account) => names.map((name) => account.attributes[name])).find((value) => isText(value));
  const displayName = isText(attributes.displayName) ? attributes.displayName : fullName || undefined;
  const userName = fromAccounts('userPrincipalName', 'sAMAccountName', 'uid');
  const mail = fromAccounts('mail') ?? attributes.mail ?? attributes.personalMail;
  return {
    personId: person.personId,
    displayName,
    userName: isText(userName) ? userName : undefined,
    mail: isText(mail) ? mail : undefined,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
