import { randomUUID } from 'node:crypto';
import type { Account } from '../contract/account.js';
import { type Chapter, op, refusal } from './stage.js';

export const describePasswords: Chapter = (stage) => {
  const connector = () => stage.opted('passwordRules', 'setPassword', 'scramblePassword');
  const passwords = () => {
    if (!stage.directory.passwords) throw new Error('The connector claims passwords: its harness must bring some.');
    return stage.directory.passwords;
  };
  const expectSignIn = async (account: Account, password: string, expected: boolean) => {
    const { probe } = stage.directory;
    if (!probe.signIn) return;
    const signIn = probe.signIn.bind(probe);
    await stage.eventually(
      () => signIn(account, password),
      (answer) => expect(answer).toBe(expected),
    );
  };

  describe('passwords', () => {
    it('tells rules that its own passwords keep', async () => {
      const rules = await connector().passwordRules(op());
      expect(rules.minLength).toBeGreaterThanOrEqual(0);
      expect(typeof rules.complex).toBe('boolean');
      expect(rules.history).toBeGreaterThanOrEqual(0);
      for (const password of passwords().strong) expect(password.length).toBeGreaterThanOrEqual(rules.minLength);
    });

    it('sets a password that signs in, and the earlier one no longer does', async () => {
      const { account } = await stage.account();
      const [first, second] = passwords().strong;
      await connector().setPassword(op(), account.id, first);
      await expectSignIn(account, first, true);
      await connector().setPassword(op(), account.id, second);
      await expectSignIn(account, second, true);
      await expectSignIn(account, first, false);
    });

    it('sets the same password again, as a second attempt would', async () => {
      const { account } = await stage.account();
      const [first] = passwords().strong;
      await connector().setPassword(op(), account.id, first);
      await connector().setPassword(op(), account.id, first);
      await expectSignIn(account, first, true);
    });

    it('sets a password of any characters', async () => {
      const { account } = await stage.account();
      const password = `Pä"ss)(\\=,wörd 7 ${randomUUID().slice(0, 8)} ünï`;
      await connector().setPassword(op(), account.id, password);
      await expectSignIn(account, password, true);
    });

    it('refuses a weak password, keeps the earlier one and tells neither', async () => {
      const { account } = await stage.account();
      const { strong, weak } = passwords();
      await connector().setPassword(op(), account.id, strong[0]);
      const error = await refusal(connector().setPassword(op(), account.id, weak), 'invalid');
      expect(JSON.stringify([error.message, error.stack, error.details])).not.toContain(weak);
      expect(String(error.cause)).not.toContain(weak);
      await expectSignIn(account, strong[0], true);
    });

    it('scrambles: the password that was set no longer signs in', async () => {
      const { account } = await stage.account();
      const [first] = passwords().strong;
      await connector().setPassword(op(), account.id, first);
      await expectSignIn(account, first, true);
      await connector().scramblePassword(op(), account.id);
      await expectSignIn(account, first, false);
    });

    it('lets a disabled account sign in only once it is enabled again', async () => {
      const { account } = await stage.account();
      const [first] = passwords().strong;
      await connector().setPassword(op(), account.id, first);
      await connector().apply(op(), account.id, { enabled: false });
      await expectSignIn(account, first, false);
      await connector().apply(op(), account.id, { enabled: true });
      await expectSignIn(account, first, true);
    });

    it('refuses an empty password and an account that is not there', async () => {
      const { account } = await stage.account();
      await refusal(connector().setPassword(op(), account.id, ''), 'invalid');
      await refusal(connector().setPassword(op(), randomUUID(), passwords().strong[0]), 'not-found');
      await refusal(connector().scramblePassword(op(), randomUUID()), 'not-found');
    });
  });
};
