import type { DataSource } from 'typeorm';
import type { Attributes } from '../../domain/person/attributes.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import type { PersonEntity } from '../../persistence/entities/person.entity.js';
import type { MailVariables } from './render-mail.js';

/** What people type to sign in, the first that an account has: AD and Entra ID, then LDAP and SCIM. */
const SIGN_IN_NAMES = ['userPrincipalName', 'sAMAccountName', 'uid', 'userName'] as const;

/** How a mail addresses a person, and the accounts that it tells them of. */
export async function addressee(
  database: DataSource,
  person: Pick<PersonEntity, 'id' | 'displayName' | 'attributes'>,
): Promise<Pick<MailVariables, 'name' | 'accounts'>> {
  const accounts = await database.manager.find(AccountEntity, {
    where: { personUuid: person.id, state: 'active' },
    order: { directory: 'ASC' },
  });
  return {
    name: text(person.attributes.givenName) ?? person.displayName ?? '',
    accounts: accounts.map(({ directory, name, attributes }) => ({ directory, name: signInName(attributes) ?? name })),
  };
}

function signInName(attributes: Attributes): string | undefined {
  return SIGN_IN_NAMES.map((name) => text(attributes[name])).find((value) => value !== undefined);
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
