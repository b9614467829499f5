import { durationMs } from './duration.js';

describe('an ISO 8601 duration', () => {
  it.each([
    ['P30D', 30 * 86_400_000],
    ['P2W', 14 * 86_400_000],
    ['PT12H', 12 * 3_600_000],
    ['P1DT1H1M1S', 86_400_000 + 3_661_000],
    ['PT0S', 0],
    ['P0D', 0],
  ])('%s is %p milliseconds', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', 'P', 'PT', 'P1Y', 'P1M', '30D', 'P-1D', 'P1.5D', 'P1D ', 'PT1H1D', 'P99999999999999999D'])(
    'is not %p',
    (text) => {
      expect(durationMs(text)).toBeUndefined();
    },
  );
});
