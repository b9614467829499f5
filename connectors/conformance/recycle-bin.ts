import { randomUUID } from 'node:crypto';
import { type Chapter, op, refusal } from './stage.js';

export const describeRecycleBin: Chapter = (stage) => {
  const connector = () => stage.opted('findRemoved', 'restore');

  describe('recycle bin', () => {
    it.each([true, false])('brings an account back under its anchor, enabled: %s', async (enabled) => {
      const { draft, account } = await stage.account({ enabled });
      expect(await connector().findRemoved(op(), draft.correlation)).toBeUndefined();
      expect(await connector().remove(op(), account.id)).toBe('removed');
      await stage.eventually(
        () => connector().findRemoved(op(), draft.correlation),
        (found) => expect(found).toBe(account.id),
      );
      await stage.expectAccounts(draft, 0);

      const restored = await connector().restore(op(), account.id);
      expect([restored.id, restored.enabled]).toEqual([account.id, enabled]);
      await stage.expectAccounts(draft, 1);
      await stage.eventually(
        () => connector().read(op(), account.id),
        (read) => expect(read).toEqual(restored),
      );
      // A directory may have lost what it no longer needed; the update that follows a restoration writes it again.
      const names = Object.fromEntries(draft.unique.map(({ attribute, base }) => [attribute, base]));
      const { account: whole } = await connector().apply(op(), account.id, {
        attributes: { ...draft.attributes, ...names },
      });
      expect(whole.attributes).toMatchObject({ ...draft.attributes, ...names });
      await stage.eventually(
        () => connector().findRemoved(op(), draft.correlation),
        (found) => expect(found).toBeUndefined(),
      );
    });

    it('gives back an account that is restored already', async () => {
      const { account } = await stage.account();
      await connector().remove(op(), account.id);
      const once = await connector().restore(op(), account.id);
      expect(await connector().restore(op(), account.id)).toEqual(once);
    });

    it('refuses what was never there, and finds none of it', async () => {
      await refusal(connector().restore(op(), randomUUID()), 'not-found');
      expect(await connector().findRemoved(op(), stage.draft().correlation)).toBeUndefined();
    });
  });
};
