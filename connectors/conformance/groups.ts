import { randomUUID } from 'node:crypto';
import type { SampleGroup } from './harness.js';
import { type Chapter, op, refusal } from './stage.js';

export const describeGroups: Chapter = (stage) => {
  const connector = () => stage.opted('findGroup', 'memberships', 'addMember', 'removeMember');
  const groups = () => {
    if (!stage.directory.groups) throw new Error('The connector claims groups: its harness must bring some.');
    return stage.directory.groups;
  };
  const expectMember = (id: string, ...expected: SampleGroup[]) =>
    stage.eventually(
      () => connector().memberships(op(), id),
      (found) => expect(found.map((group) => group.id).sort()).toEqual(expected.map((group) => group.id).sort()),
    );

  describe('groups', () => {
    it('finds a group by each reference', async () => {
      const { one } = groups();
      for (const reference of one.references) {
        const found = await connector().findGroup(op(), reference);
        expect([reference, found?.id]).toEqual([reference, one.id]);
        expect(found?.name).not.toBe('');
      }
    });

    it('finds none under a name, an id or a hostile text that no group has', async () => {
      for (const reference of ['No such group', randomUUID(), '*', 'x)(objectClass=*', "x' or 'a' eq 'a"]) {
        expect(await connector().findGroup(op(), reference)).toBeUndefined();
      }
    });

    it('refuses to choose between two groups of one name', async () => {
      const error = await refusal(connector().findGroup(op(), groups().ambiguous), 'conflict');
      expect(error.message).toContain(groups().ambiguous);
    });

    it('adds and removes a member, and says when there was nothing to do', async () => {
      const { one, another } = groups();
      const { account } = await stage.account();
      await expectMember(account.id);
      expect(await connector().addMember(op(), one.id, account.id)).toBe('added');
      await expectMember(account.id, one);
      expect(await connector().addMember(op(), one.id, account.id)).toBe('present');
      expect(await connector().addMember(op(), another.id, account.id)).toBe('added');
      await expectMember(account.id, one, another);
      expect(await connector().removeMember(op(), one.id, account.id)).toBe('removed');
      await expectMember(account.id, another);
      expect(await connector().removeMember(op(), one.id, account.id)).toBe('absent');
      await expectMember(account.id, another);
    });

    it('keeps a membership through a rename', async () => {
      const { one } = groups();
      const { account } = await stage.account();
      await connector().addMember(op(), one.id, account.id);
      const { displayName } = stage.directory.attributes;
      await connector().apply(op(), account.id, { attributes: { [displayName]: `Renamed ${account.id}` } });
      await expectMember(account.id, one);
    });

    it('leaves every member in when many are added at once', async () => {
      const { one } = groups();
      const people = await Promise.all(Array.from({ length: 6 }, () => stage.account()));
      const added = await Promise.all(people.map(({ account }) => connector().addMember(op(), one.id, account.id)));
      expect(added).toEqual(people.map(() => 'added'));
      for (const { account } of people) await expectMember(account.id, one);
    });

    it('refuses a group or an account that is not there', async () => {
      const { account } = await stage.account();
      await refusal(connector().addMember(op(), randomUUID(), account.id), 'not-found');
      await refusal(connector().addMember(op(), groups().one.id, randomUUID()), 'not-found');
      await refusal(connector().memberships(op(), randomUUID()), 'not-found');
    });

    it('has nothing to remove where the group or the account is gone', async () => {
      const { account } = await stage.account();
      expect(await connector().removeMember(op(), randomUUID(), account.id)).toBe('absent');
      expect(await connector().removeMember(op(), groups().one.id, randomUUID())).toBe('absent');
    });

    it('adds nobody once it is called off', async () => {
      const { account } = await stage.account();
      await refusal(connector().addMember(op(AbortSignal.abort()), groups().one.id, account.id), 'transient');
      await expectMember(account.id);
    });
  });
};
