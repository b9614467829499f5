import { ACCEPTED_SCORE, passwordStrength } from './password-strength.js';

/** Milliseconds of processor time: other programs on the machine do not count. */
const cpuMs = () => process.cpuUsage().user / 1_000;

describe('the strength of a password', () => {
  it.each(['Password123!', 'P4$$w0rd123'])('is low for what everybody takes (%s), with advice', (password) => {
    const strength = passwordStrength(password, []);
    expect(strength.score).toBeLessThan(ACCEPTED_SCORE);
    expect(strength.advice.length).toBeGreaterThan(0);
  });

  it('is enough for four words that have nothing to do with one another', () => {
    expect(passwordStrength('teapot-violin-granite-otter', []).score).toBeGreaterThanOrEqual(ACCEPTED_SCORE);
  });

  it('is low for the person’s own name, however it is written', () => {
    const personal = ['Wilhelmina Featherstonehaugh', 'wilhelmina.featherstonehaugh@corp.example'];
    expect(passwordStrength('Featherstonehaugh1', personal).score).toBeLessThan(ACCEPTED_SCORE);
    expect(passwordStrength('Featherstonehaugh1', []).score).toBeGreaterThanOrEqual(ACCEPTED_SCORE);
  });

  it('is told in a moment, however long the input', () => {
    passwordStrength('warm up', []);
    const started = cpuMs();
    for (const piece of ['a1B!', '4@$3!0', 'Tr0ub4dor&3-'])
      passwordStrength(piece.repeat(50_000), ['x'.repeat(100_000)]);
    expect(cpuMs() - started).toBeLessThan(1_000);
  });

  it('never repeats the password in its advice', () => {
    for (const password of ['sunshine', 'qwertyuiop', 'xyzxyzxyz', '19870412']) {
      expect(passwordStrength(password, []).advice.join(' ')).not.toContain(password);
    }
  });
});
