import { type Chapter, op } from './stage.js';

export const describeConcurrency: Chapter = (stage) => {
  describe('concurrency', () => {
    it('leaves one account when one draft is created twice at once', async () => {
      for (let round = 0; round < 5; round++) {
        const draft = stage.draft();
        const both = await Promise.all([stage.connector.create(op(), draft), stage.connector.create(op(), draft)]);
        expect(both.map((done) => done.outcome).sort()).toEqual(['created', 'existed']);
        expect(both[0].account.id).toBe(both[1].account.id);
        await stage.expectAccounts(draft, 1);
      }
    });

    it('leaves one account when two processes create one draft at once, though its names are taken', async () => {
      const { draft: taken } = await stage.account();
      const login = taken.unique[0]?.base.split('@')[0] as string;
      const draft = stage.draft({ login });
      const other = stage.harness.kind.connect(stage.directory.configuration);
      try {
        const both = await Promise.all([stage.connector.create(op(), draft), other.create(op(), draft)]);
        expect(both.map((done) => done.outcome).sort()).toEqual(['created', 'existed']);
        await stage.expectAccounts(draft, 1);
      } finally {
        await other.close();
      }
    });

    it('gives several people of one name at once an account each', async () => {
      const { login, displayName } = stage.person();
      const drafts = Array.from({ length: 6 }, () => stage.draft({ login, displayName }));
      const all = await Promise.all(drafts.map((draft) => stage.connector.create(op(), draft)));
      expect(all.map((done) => done.outcome)).toEqual(drafts.map(() => 'created'));
      expect(new Set(all.map((done) => done.account.id)).size).toBe(drafts.length);
      for (const { attribute } of drafts[0]?.unique ?? []) {
        expect(new Set(all.map((done) => done.account.attributes[attribute])).size).toBe(drafts.length);
      }
    });

    it('serves many calls at once', async () => {
      const { draft, account } = await stage.account();
      await stage.expectAccounts(draft, 1);
      const calls = Array.from({ length: 60 }, (_, i) =>
        i % 2 ? stage.connector.find(op(), draft.correlation) : stage.connector.read(op(), account.id),
      );
      for (const found of await Promise.all(calls)) expect(found).toEqual(account);
    });
  });
};
