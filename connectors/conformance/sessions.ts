import { randomUUID } from 'node:crypto';
import { type Chapter, op, refusal } from './stage.js';

export const describeSessions: Chapter = (stage) => {
  const connector = () => stage.opted('revokeSessions');

  describe('sessions', () => {
    it('ends an account’s sessions, once and again', async () => {
      const { account } = await stage.account();
      const since = new Date();
      await connector().revokeSessions(op(), account.id);
      await connector().revokeSessions(op(), account.id);
      const { probe } = stage.directory;
      if (probe.sessionsEnded) expect(await probe.sessionsEnded(account, since)).toBe(true);
    });

    it('refuses an account that is not there', async () => {
      await refusal(connector().revokeSessions(op(), randomUUID()), 'not-found');
    });
  });
};
