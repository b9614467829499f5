import { EVENT_TYPES } from './lifecycle-event.js';
import { refusal, stateAfter } from './refusal.js';

describe('an event that makes no sense', () => {
  it('is a mover or a joiner of somebody who has left, and a sentence says what to send instead', () => {
    expect(refusal('left', 'mover')).toMatch(/has left.*rehire/);
    expect(refusal('left', 'joiner')).toMatch(/has left.*rehire/);
  });

  it.each(['leaver', 'rehire'] as const)('is not a %s of somebody who has left', (type) => {
    expect(refusal('left', type)).toBeUndefined();
  });

  it.each(EVENT_TYPES)('is never a %s of somebody who is here or expected', (type) => {
    expect(refusal('active', type)).toBeUndefined();
    expect(refusal('expected', type)).toBeUndefined();
  });
});

describe('the state after an event', () => {
  it('is left after a leave, whatever was before', () => {
    expect(stateAfter('expected', 'leaver')).toBe('left');
    expect(stateAfter('active', 'leaver')).toBe('left');
  });

  it('stays expected through a mover: only a joiner starts somebody', () => {
    expect(stateAfter('expected', 'mover')).toBe('expected');
    expect(stateAfter('expected', 'joiner')).toBe('active');
    expect(stateAfter('left', 'rehire')).toBe('active');
  });
});
