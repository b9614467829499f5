import type { Account } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { type Chapter, op, refusal } from './stage.js';

/** Values that break naive escaping, with what may become of them. */
const VALUES: [name: string, value: string, fate: 'kept or refused' | 'kept' | 'refused'][] = [
  ['accents', 'Zoë Ångström-Łukasiewicz', 'kept'],
  ['quotes', `Conan "the" O'Brien`, 'kept'],
  ['a filter', ')(uid=*', 'kept'],
  ['an asterisk', 'Jo*n', 'kept'],
  ['commas', 'Doe, Jane, Dr.', 'kept'],
  ['a leading hash', '#1 Jane', 'kept'],
  ['signs of names', 'a=b+c<d>e;f', 'kept'],
  ['a leading space', ' Jane', 'kept or refused'],
  ['a trailing space', 'Jane ', 'kept or refused'],
  ['a backslash', 'Jane\\Doe', 'kept'],
  ['a trailing backslash', 'Jane\\', 'kept'],
  ['escapes that are text', 'Jane\\2C Doe%20\\00', 'kept'],
  ['a line break', 'Jane\nDoe', 'kept or refused'],
  ['NUL', 'Jane\0Doe', 'refused'],
  ['300 characters', 'x'.repeat(300), 'refused'],
  ['emoji', 'Jane 👩‍🚀 Doe', 'kept'],
  ['right to left', 'ליאת \u202Eכהן', 'kept'],
  ['a decomposed accent', 'Zoe\u0308', 'kept'],
  ['half a surrogate pair', 'Jane \ud83d', 'refused'],
];

export const describeHostileValues: Chapter = (stage) => {
  describe('hostile values', () => {
    it.each(VALUES)('as a display name: %s', async (_, value, fate) => {
      const { displayName } = stage.directory.attributes;
      const draft = stage.draft();
      draft.attributes[displayName] = value;
      const account = await keptOrRefused(
        stage.connector.create(op(), draft).then((done) => done.account),
        fate,
      );
      await stage.expectAccounts(draft, account ? 1 : 0);
      if (account) await expectHeld(account, displayName, value);
    });

    it.each(VALUES)('as a change of the display name and of a text: %s', async (_, value, fate) => {
      const { displayName, text } = stage.directory.attributes;
      const { account } = await stage.account();
      for (const name of [displayName, text[0]]) {
        const delta = { attributes: { [name]: value } };
        const after = await keptOrRefused(
          stage.connector.apply(op(), account.id, delta).then((done) => done.account),
          fate,
        );
        if (after) {
          await expectHeld(after, name, value);
        } else {
          await stage.eventually(
            () => stage.connector.read(op(), account.id),
            (read) => expect(read?.attributes[name]).toEqual(account.attributes[name]),
          );
        }
      }
    });

    it.each(VALUES.filter(([, value]) => value.length < 40))('as a correlation value: %s', async (_, value, fate) => {
      const draft = stage.draft();
      const key = value.slice(0, 8) + draft.correlation.value + value.slice(8);
      const hostile = stage.directory.draft({ ...stage.person(), key });
      const account = await keptOrRefused(
        stage.connector.create(op(), hostile).then((done) => done.account),
        fate === 'kept' ? 'kept or refused' : fate,
      );
      if (account) {
        await stage.eventually(
          () => stage.connector.find(op(), hostile.correlation),
          (found) => expect(found).toEqual(account),
        );
      }
      await stage.eventually(
        () => stage.connector.find(op(), draft.correlation),
        (found) => expect(found).toBeUndefined(),
      );
    });

    it('an empty text is no value', async () => {
      const { text } = stage.directory.attributes;
      const { account } = await stage.account();
      const { change } = await stage.connector.apply(op(), account.id, { attributes: { [text[0]]: '' } });
      expect(change).toEqual({ before: {}, after: {} });
    });

    it('a name of an attribute that is none is refused', async () => {
      const { account } = await stage.account();
      for (const name of ['', 'a b', 'x)(y', 'x;y=', '__proto__x']) {
        await refusal(stage.connector.apply(op(), account.id, { attributes: { [name]: 'x' } }), 'invalid');
      }
      await refusal(stage.connector.find(op(), { attribute: 'a)(b', value: 'x' }), 'invalid', 'misconfigured');
    });

    async function keptOrRefused(call: Promise<Account>, fate: string): Promise<Account | undefined> {
      try {
        const account = await call;
        expect(fate).toContain('kept');
        return account;
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        expect([error.category, error.message, fate]).toEqual([
          'invalid',
          error.message,
          expect.stringContaining('refused'),
        ]);
        return undefined;
      }
    }

    async function expectHeld(account: Account, name: string, value: string): Promise<void> {
      expect(account.attributes[name]).toBe(value);
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read).toEqual(account),
      );
    }
  });
};
