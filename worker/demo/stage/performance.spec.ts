import { PassThrough } from 'node:stream';
import { perform, STATUS } from './performance.js';
import { insist, type Stage } from './stage.js';
import { StageOutput } from './stage-output.js';

/** Plays and returns the status with what was written. */
async function watch(play: (stage: Stage) => Promise<void>, stopped = new AbortController().signal) {
  const out = new PassThrough();
  const status = await perform(play, new StageOutput(out as unknown as NodeJS.WriteStream), stopped);
  return { status, text: String(out.read() ?? '') };
}

describe('perform', () => {
  it('ends with status 0 when every expectation held, some only after a while', async () => {
    let looks = 0;
    const { status, text } = await watch(async (stage) => {
      stage.begin('Morning');
      await stage.expect('the sun is up', () => undefined);
      await stage.expect('coffee is ready', () => insist(++looks === 3, 'not yet'), { everyMs: 1 });
    });
    expect(status).toBe(0);
    expect(text).toContain('1. Morning');
    expect(text).toContain('✓ coffee is ready');
    expect(text).toContain('All 2 expectations held');
    expect(text).not.toContain('not yet');
  });

  it('ends with another status at the first expectation that does not hold, and names it', async () => {
    const after = jest.fn();
    const { status, text } = await watch(async (stage) => {
      stage.begin('Evening');
      const look = () => insist(false, 'There are 3 lights on.');
      await stage.expect('the lights are off', look, { withinMs: 20, everyMs: 1 });
      after();
    });
    expect(status).toBe(STATUS.failed);
    expect(STATUS.failed).not.toBe(0);
    expect(text).toContain('✗ the lights are off');
    expect(text).toContain('There are 3 lights on.');
    expect(text).toContain('This expectation did not hold: “the lights are off”, in “Evening”.');
    expect(after).not.toHaveBeenCalled();
  });

  it('ends with a failure when the play itself breaks', async () => {
    const { status, text } = await watch(async () => {
      throw new Error('The API has gone');
    });
    expect(status).toBe(STATUS.failed);
    expect(text).toContain('The demo broke off: The API has gone.');
  });

  it('waits for nothing any more when it is stopped', async () => {
    const stop = new AbortController();
    const { status, text } = await watch(async (stage) => {
      const look = () => {
        stop.abort();
        throw new Error('never');
      };
      await stage.expect('the end comes', look);
    }, stop.signal);
    expect(status).toBe(STATUS.stopped);
    expect(text).toBe('');
  });
});
