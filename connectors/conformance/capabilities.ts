import type { AnyConnector, Capabilities } from '../contract/connector.js';
import { type Chapter, op } from './stage.js';

/** The members that each capability stands for. */
const MEMBERS: Record<keyof Capabilities, (keyof AnyConnector)[]> = {
  groups: ['findGroup', 'memberships', 'addMember', 'removeMember'],
  passwords: ['passwordRules', 'setPassword', 'scramblePassword'],
  sessions: ['revokeSessions'],
  managers: ['manager', 'setManager'],
  recycleBin: ['findRemoved', 'restore'],
};

export const describeCapabilities: Chapter = (stage, capabilities) => {
  describe('capabilities', () => {
    it.each(Object.keys(MEMBERS) as (keyof Capabilities)[])('%s is claimed with its members or declined', (name) => {
      for (const member of MEMBERS[name]) {
        expect([member, typeof stage.connector[member]]).toEqual([
          member,
          capabilities[name] ? 'function' : 'undefined',
        ]);
      }
    });

    it('are the same with and without a connection', () => {
      expect(stage.connector.capabilities()).toEqual(capabilities);
    });
  });

  describe('check', () => {
    it('finds every right that is needed, and explains each', async () => {
      const items = await stage.connector.check(op());
      expect(items.length).toBeGreaterThan(0);
      expect(items.filter((item) => !item.ok && !item.optional)).toEqual([]);
      for (const item of items) expect(item.message).not.toBe('');
    });

    it('tells a wrong secret without throwing', async () => {
      const connector = stage.harness.kind.connect(stage.directory.wrongSecret);
      try {
        const items = await connector.check(op());
        const failed = items.filter((item) => !item.ok);
        expect(failed.length).toBeGreaterThan(0);
        for (const item of failed) expect(item.message).not.toBe('');
      } finally {
        await connector.close();
      }
    });

    it('tells that nothing answers without throwing', async () => {
      const connector = stage.harness.kind.connect(stage.directory.unreachable);
      try {
        const items = await connector.check(op());
        expect(items.some((item) => !item.ok)).toBe(true);
      } finally {
        await connector.close();
      }
    });
  });
};
