import { parsePolicy } from '../../../domain/policy/parse-policy.js';
import { firstDay } from '../feed/people.js';
import { CORP_AD, DEPARTMENTS, ENTRA } from './demo-domain.js';
import { demoPolicy } from './policy.js';

describe('the demo', () => {
  it('has a policy that would be accepted', () => {
    expect(parsePolicy(demoPolicy(), [CORP_AD, ENTRA])).toEqual({ policy: expect.objectContaining({ version: 1 }) });
  });

  it('has people with ids and mail addresses of their own, whose managers are among them', () => {
    const ids = firstDay.map(({ personId }) => personId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(firstDay.map(({ personalMail }) => personalMail)).size).toBe(ids.length);
    for (const { manager, department } of firstDay) {
      expect(DEPARTMENTS).toContain(department);
      if (manager !== undefined) expect(ids).toContain(manager);
    }
  });
});
