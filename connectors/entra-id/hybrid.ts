import type { Account, AccountDraft } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { type Accounts, accountOf } from './accounts.js';

/** Where Entra Connect owns the accounts: they are awaited, not created. */
export class Hybrid {
  constructor(private readonly accounts: Accounts) {}

  /**
   * The account that Entra Connect brought: by `onPremisesImmutableId` (base64 of the AD objectGUID's 16 bytes) where
   * the draft gives it, otherwise by the correlation value.
   * @throws ConnectorError `transient` while it is not there
   */
  async create(op: Op, draft: AccountDraft): Promise<{ outcome: 'existed'; account: Account }> {
    const anchor = draft.attributes.onPremisesImmutableId;
    const key = draft.correlation;
    const byAnchor =
      typeof anchor === 'string' && anchor !== ''
        ? await this.accounts.find(op, { attribute: 'onPremisesImmutableId', value: anchor })
        : undefined;
    const user = byAnchor ?? (await this.accounts.find(op, key));
    if (!user) {
      throw new ConnectorError(
        'transient',
        `Waiting for Entra Connect to bring the account with ${key.attribute} ${key.value} from Active Directory.`,
        { code: 'WaitingForEntraConnect' },
      );
    }
    const account = accountOf(user);
    const other = account.attributes[key.attribute];
    if (other !== undefined && other !== key.value) {
      throw new ConnectorError(
        'conflict',
        `The account ${account.name} has the person's on-premises anchor, but ${key.attribute} ${other} instead of ${key.value}.`,
      );
    }
    return { outcome: 'existed', account };
  }
}
