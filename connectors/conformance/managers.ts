import { randomUUID } from 'node:crypto';
import { type Chapter, op, refusal } from './stage.js';

export const describeManagers: Chapter = (stage) => {
  const connector = () => stage.opted('manager', 'setManager');
  const expectManager = (id: string, expected: string | undefined) =>
    stage.eventually(
      () => connector().manager(op(), id),
      (manager) => expect(manager).toBe(expected),
    );

  describe('managers', () => {
    it('sets, changes and takes away a manager, and says when there was nothing to do', async () => {
      const [{ account }, { account: first }, { account: second }] = [
        await stage.account(),
        await stage.account(),
        await stage.account(),
      ];
      await expectManager(account.id, undefined);
      expect(await connector().setManager(op(), account.id, undefined)).toBe('unchanged');
      for (const manager of [first.id, second.id]) {
        expect(await connector().setManager(op(), account.id, manager)).toBe('changed');
        await expectManager(account.id, manager);
        expect(await connector().setManager(op(), account.id, manager)).toBe('unchanged');
      }
      expect(await connector().setManager(op(), account.id, undefined)).toBe('changed');
      await expectManager(account.id, undefined);
    });

    it('keeps the manager through the manager’s rename', async () => {
      const [{ account }, { account: manager }] = [await stage.account(), await stage.account()];
      await connector().setManager(op(), account.id, manager.id);
      const { displayName } = stage.directory.attributes;
      await connector().apply(op(), manager.id, { attributes: { [displayName]: `Renamed ${manager.id}` } });
      await expectManager(account.id, manager.id);
      expect(await connector().setManager(op(), account.id, manager.id)).toBe('unchanged');
    });

    it('refuses a person or a manager who is not there', async () => {
      const { account } = await stage.account();
      await refusal(connector().setManager(op(), account.id, randomUUID()), 'not-found');
      await expectManager(account.id, undefined);
      await refusal(connector().setManager(op(), randomUUID(), account.id), 'not-found');
      await refusal(connector().manager(op(), randomUUID()), 'not-found');
    });
  });
};
