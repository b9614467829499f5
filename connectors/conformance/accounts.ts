import { randomUUID } from 'node:crypto';
import { type Chapter, op, refusal } from './stage.js';

export const describeAccounts: Chapter = (stage) => {
  describe('accounts', () => {
    it('creates what the draft says, and finds and reads it', async () => {
      const { text } = stage.directory.attributes;
      const draft = stage.draft();
      draft.attributes[text[0]] = 'Laboratory';
      const { outcome, account } = await stage.connector.create(op(), draft);
      expect(outcome).toBe('created');
      expect(account.enabled).toBe(true);
      expect(account.attributes).toMatchObject(draft.attributes);
      for (const name of draft.unique) expect(account.attributes[name.attribute]).toBe(name.base);
      await stage.eventually(
        () => stage.connector.find(op(), draft.correlation),
        (found) => expect(found).toEqual(account),
      );
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read).toEqual(account),
      );
      await stage.expectAccounts(draft, 1);
    });

    it('creates a disabled account', async () => {
      const { account } = await stage.account({ enabled: false });
      expect(account.enabled).toBe(false);
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read?.enabled).toBe(false),
      );
    });

    it('gives back an account that is there already, as it is, though the person is now called otherwise', async () => {
      const { draft, account } = await stage.account();
      await stage.expectAccounts(draft, 1);
      for (const again of [draft, { ...stage.draft(), correlation: draft.correlation }]) {
        expect(await stage.connector.create(op(), again)).toEqual({ outcome: 'existed', account });
        await stage.expectAccounts(draft, 1);
      }
    });

    it('never takes over an account by its name: the next candidate is used', async () => {
      const first = await stage.account();
      const login = first.draft.unique[0]?.base.split('@')[0] as string;
      const second = await stage.account({ login, displayName: stage.person().displayName });
      const third = await stage.account({ login, displayName: stage.person().displayName });
      expect(new Set([first.account.id, second.account.id, third.account.id]).size).toBe(3);
      for (const { attribute, base } of second.draft.unique) {
        const [local, domain] = base.split('@');
        const end = domain === undefined ? '' : `@${domain}`;
        expect(second.account.attributes[attribute]).toBe(`${local}2${end}`);
        expect(third.account.attributes[attribute]).toBe(`${local}3${end}`);
      }
    });

    it('keeps two people of one display name apart', async () => {
      const displayName = `Alex Martin ${stage.person().key}`;
      const first = await stage.account({ displayName });
      const second = await stage.account({ displayName });
      expect(second.account.id).not.toBe(first.account.id);
      expect(second.account.attributes[stage.directory.attributes.displayName]).toBe(displayName);
    });

    it('refuses to choose between two accounts with one correlation value', async () => {
      const first = await stage.account();
      const second = await stage.account();
      const { attribute, value } = first.draft.correlation;
      await stage.connector.apply(op(), second.account.id, { attributes: { [attribute]: value } });
      const find = () =>
        stage.connector.find(op(), first.draft.correlation).then(
          () => 'an answer',
          (error) => error.category,
        );
      await stage.eventually(find, (answer) => expect(answer).toBe('conflict'));
      await refusal(stage.connector.create(op(), first.draft), 'conflict');
    });

    it('finds and reads nobody where nobody is', async () => {
      const { correlation } = stage.draft();
      expect(await stage.connector.find(op(), correlation)).toBeUndefined();
      expect(await stage.connector.read(op(), randomUUID())).toBeUndefined();
    });

    it('finds by the whole value only', async () => {
      const { draft } = await stage.account();
      const { attribute, value } = draft.correlation;
      await stage.expectAccounts(draft, 1);
      for (const part of ['*', `${value.slice(0, -1)}*`, `${value})(objectClass=*`, value.slice(0, -1)]) {
        const found = await stage.connector.find(op(), { attribute, value: part });
        expect(found?.id).toBeUndefined();
      }
    });

    it('removes an account, and says so when it is gone already', async () => {
      const { draft, account } = await stage.account();
      expect(await stage.connector.remove(op(), account.id)).toBe('removed');
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read).toBeUndefined(),
      );
      await stage.expectAccounts(draft, 0);
      expect(await stage.connector.remove(op(), account.id)).toBe('absent');
      expect(await stage.connector.remove(op(), randomUUID())).toBe('absent');
    });

    it('writes nothing once it is called off', async () => {
      const off = AbortSignal.abort();
      const draft = stage.draft();
      await refusal(stage.connector.create(op(off), draft), 'transient');
      await stage.expectAccounts(draft, 0);

      const { account } = await stage.account();
      const { text } = stage.directory.attributes;
      const delta = { attributes: { [text[0]]: 'called off' }, enabled: false };
      await refusal(stage.connector.apply(op(off), account.id, delta), 'transient');
      await refusal(stage.connector.remove(op(off), account.id), 'transient');
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read).toEqual(account),
      );
    });
  });
};
