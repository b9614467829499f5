import type { PasswordRules } from '../../domain/password/password-rules.js';
import type { AccountId } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { Accounts } from './accounts.js';
import { type Graph, segment } from './graph.js';
import { randomPassword } from './random-password.js';

/** What Entra ID demands of passwords in the cloud (https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy). */
export const ENTRA_ID_PASSWORD_RULES: PasswordRules = { minLength: 8, maxLength: 256, complex: true, history: 0 };

/** Sets passwords. */
export class Passwords {
  constructor(
    private readonly graph: Graph,
    private readonly accounts: Accounts,
  ) {}

  /** @throws ConnectorError `invalid` when the password breaks a rule of the tenant, its list of banned words included */
  async set(op: Op, id: AccountId, password: string): Promise<void> {
    // Graph takes an empty password for none given, and changes nothing.
    if (password === '') throw new ConnectorError('invalid', 'A password cannot be empty.');
    await this.accounts.visible(op, id, async () => {
      await this.graph.call(op, {
        method: 'PATCH',
        path: `/users/${segment(id)}`,
        body: { passwordProfile: { password, forceChangePasswordNextSignIn: false } },
        what: `set the password of the account ${id}`,
        permission: 'User-PasswordProfile.ReadWrite.All',
      });
    });
  }

  scramble(op: Op, id: AccountId): Promise<void> {
    return this.set(op, id, randomPassword());
  }
}
