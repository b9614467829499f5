import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'ldapts';
import type { Corporation } from '../stage/corporation.js';
import { leaver } from '../stage/people.js';
import type { Service } from '../stage/service.js';

/** How often a directory is asked whether an account is disabled already; the error of the times is at most this. */
const LOOK_EVERY_MS = 10;
const GIVE_UP_MS = 120_000;
/** ADS_UF_ACCOUNTDISABLE in userAccountControl (MS-ADTS 2.2.16). */
const DISABLED = 2;

/** Where somebody's accounts are, to be watched without searching. */
export interface Accounts {
  personId: string;
  dn: string;
  graphId: string;
}

/** When each directory showed the account as disabled, in milliseconds from the moment of the request. */
export interface Cut {
  ad: number;
  entra: number;
}

/** Watches the directories themselves, with connections of its own. */
export class LeaverWatch {
  private constructor(
    private readonly corporation: Corporation,
    private readonly ldap: Client,
  ) {}

  static async start(corporation: Corporation): Promise<LeaverWatch> {
    return new LeaverWatch(corporation, await corporation.connect());
  }

  /** Finds somebody's accounts, before anything is measured. */
  async accountsOf(personId: string): Promise<Accounts> {
    const { people, graphClient } = this.corporation;
    const { searchEntries } = await this.ldap.search(people, {
      filter: `(employeeID=${personId})`,
      attributes: ['userAccountControl'],
    });
    const filter = encodeURIComponent(`employeeId eq '${personId}'`);
    const { body } = await graphClient.call('GET', `/users?$filter=${filter}&$select=id`);
    const [dn, graphId] = [searchEntries[0]?.dn, body.value[0]?.id];
    if (!dn || !graphId) throw new Error(`${personId} has no account in one of the directories.`);
    return { personId, dn, graphId };
  }

  /** Sends the leaver event of one person and waits until both accounts are disabled. */
  async cut(service: Service, accounts: Accounts): Promise<Cut> {
    const started = performance.now();
    const until = async (isCut: () => Promise<boolean>): Promise<number> => {
      for (;;) {
        if (await isCut()) return performance.now() - started;
        if (performance.now() - started > GIVE_UP_MS) throw new Error(`${accounts.personId} still has access.`);
        await wait(LOOK_EVERY_MS);
      }
    };
    const [, ad, entra] = await Promise.all([
      service.tenure.send(leaver(accounts.personId)),
      until(() => this.isDisabledInAd(accounts)),
      until(() => this.isDisabledInEntra(accounts)),
    ]);
    return { ad, entra };
  }

  async stop(): Promise<void> {
    await this.ldap.unbind();
  }

  private async isDisabledInAd({ dn }: Accounts): Promise<boolean> {
    const { searchEntries } = await this.ldap.search(dn, { scope: 'base', attributes: ['userAccountControl'] });
    return (Number(searchEntries[0]?.userAccountControl) & DISABLED) !== 0;
  }

  private async isDisabledInEntra({ graphId }: Accounts): Promise<boolean> {
    const { body } = await this.corporation.graphClient.call('GET', `/users/${graphId}?$select=accountEnabled`);
    return body.accountEnabled === false;
  }
}
