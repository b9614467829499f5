import { randomUUID } from 'node:crypto';
import { type Chapter, op, refusal } from './stage.js';

export const describeChanges: Chapter = (stage) => {
  describe('changes', () => {
    it('writes attributes and tells what they were and are', async () => {
      const { account } = await stage.account();
      const [first, second] = stage.directory.attributes.text;
      const set = await stage.connector.apply(op(), account.id, {
        attributes: { [first]: 'Sales', [second]: 'Berlin' },
      });
      expect(set.change).toEqual({
        before: { [first]: null, [second]: null },
        after: { [first]: 'Sales', [second]: 'Berlin' },
      });
      const moved = await stage.connector.apply(op(), account.id, {
        attributes: { [first]: 'Marketing', [second]: 'Berlin' },
      });
      expect(moved.change).toEqual({ before: { [first]: 'Sales' }, after: { [first]: 'Marketing' } });
      expect(moved.account.attributes).toMatchObject({ [first]: 'Marketing', [second]: 'Berlin' });
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read).toEqual(moved.account),
      );
    });

    it('takes a value away with null', async () => {
      const { account } = await stage.account();
      const [text] = stage.directory.attributes.text;
      await stage.connector.apply(op(), account.id, { attributes: { [text]: 'Sales' } });
      const { account: after, change } = await stage.connector.apply(op(), account.id, {
        attributes: { [text]: null },
      });
      expect(change).toEqual({ before: { [text]: 'Sales' }, after: { [text]: null } });
      expect(after.attributes[text] ?? null).toBeNull();
      const again = await stage.connector.apply(op(), account.id, { attributes: { [text]: null } });
      expect(again.change).toEqual({ before: {}, after: {} });
    });

    it('changes nothing the second time', async () => {
      const { account } = await stage.account();
      const { displayName, text } = stage.directory.attributes;
      const delta = {
        attributes: { [displayName]: `Changed ${account.id}`, [text[0]]: 'Sales' },
        enabled: false,
        container: stage.directory.containers?.other,
      };
      const once = await stage.connector.apply(op(), account.id, delta);
      const twice = await stage.connector.apply(op(), account.id, delta);
      expect(twice.change).toEqual({ before: {}, after: {} });
      expect(twice.account).toEqual(once.account);
    });

    it('keeps the anchor when the person is renamed', async () => {
      const { draft, account } = await stage.account();
      const { displayName } = stage.directory.attributes;
      const renamed = `Renamed ${account.id}`;
      const { account: after } = await stage.connector.apply(op(), account.id, {
        attributes: { [displayName]: renamed },
      });
      expect(after.id).toBe(account.id);
      expect(after.attributes[displayName]).toBe(renamed);
      await stage.eventually(
        () => stage.connector.find(op(), draft.correlation),
        (found) => expect(found).toEqual(after),
      );
    });

    it('renames to a display name that somebody else bears', async () => {
      const { displayName } = stage.directory.attributes;
      const shared = `Shared Name ${stage.person().key}`;
      await stage.account({ displayName: shared });
      const { account } = await stage.account();
      const { account: after } = await stage.connector.apply(op(), account.id, {
        attributes: { [displayName]: shared },
      });
      expect([after.id, after.attributes[displayName]]).toEqual([account.id, shared]);
      const again = await stage.connector.apply(op(), account.id, { attributes: { [displayName]: shared } });
      expect(again.change).toEqual({ before: {}, after: {} });
    });

    it('disables and enables', async () => {
      const { account } = await stage.account();
      for (const enabled of [false, true]) {
        const { account: after, change } = await stage.connector.apply(op(), account.id, { enabled });
        expect(after.enabled).toBe(enabled);
        expect(Object.keys(change.after).length).toBe(1);
        await stage.eventually(
          () => stage.connector.read(op(), account.id),
          (read) => expect(read?.enabled).toBe(enabled),
        );
        const again = await stage.connector.apply(op(), account.id, { enabled });
        expect(again.change).toEqual({ before: {}, after: {} });
      }
    });

    it('refuses to change an account that is not there', async () => {
      await refusal(stage.connector.apply(op(), randomUUID(), { enabled: false }), 'not-found');
    });

    it('holds several values and compares them without their order', async () => {
      const { multiple } = stage.directory.attributes;
      if (!multiple) return;
      const { account } = await stage.account();
      const [a, b, c] = multiple.values;
      const set = await stage.connector.apply(op(), account.id, { attributes: { [multiple.name]: [a, b] } });
      expect(sorted(set.change.after[multiple.name])).toEqual([a, b].sort());
      const turned = await stage.connector.apply(op(), account.id, { attributes: { [multiple.name]: [b, a] } });
      expect(turned.change).toEqual({ before: {}, after: {} });
      const one = await stage.connector.apply(op(), account.id, { attributes: { [multiple.name]: [c] } });
      expect(sorted(one.change.before[multiple.name])).toEqual([a, b].sort());
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read?.attributes[multiple.name]).toEqual([c]),
      );
    });

    it('moves between containers, and names one that is missing', async () => {
      const { containers } = stage.directory;
      if (!containers) return;
      const { draft, account } = await stage.account();
      const { account: after, change } = await stage.connector.apply(op(), account.id, { container: containers.other });
      expect(after.id).toBe(account.id);
      expect(after.container).toBe(containers.other);
      expect(change).toEqual({ before: { container: account.container }, after: { container: containers.other } });
      const error = await refusal(
        stage.connector.apply(op(), account.id, { container: containers.missing }),
        'misconfigured',
      );
      expect(error.message).toContain(containers.missing);
      await stage.eventually(
        () => stage.connector.find(op(), draft.correlation),
        (found) => expect(found).toEqual(after),
      );
    });

    it('names a container that is missing when it creates, and creates nothing', async () => {
      const { containers } = stage.directory;
      if (!containers) return;
      const draft = { ...stage.draft(), container: containers.missing };
      const error = await refusal(stage.connector.create(op(), draft), 'misconfigured');
      expect(error.message).toContain(containers.missing);
      await stage.expectAccounts(draft, 0);
    });
  });
};

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
