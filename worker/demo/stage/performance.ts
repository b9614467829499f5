import { ExpectationFailed, Stage } from './stage.js';
import type { StageOutput } from './stage-output.js';

/** How a play ended, as the status of the process: all was as expected, or not, or Ctrl-C ended it (128 + SIGINT). */
export const STATUS = { held: 0, failed: 1, stopped: 130 } as const;

/**
 * Plays to the end or to the first expectation that does not hold, and says which one that was.
 * @param stopped ends the play early
 * @returns the status of the process
 */
export async function perform(
  play: (stage: Stage) => Promise<void>,
  out: StageOutput,
  stopped: AbortSignal,
): Promise<number> {
  const stage = new Stage(out, stopped);
  const started = Date.now();
  try {
    await play(stage);
    out.line(`\nAll ${stage.count} expectations held, in ${Math.round((Date.now() - started) / 1000)} s.`);
    return STATUS.held;
  } catch (error) {
    if (stopped.aborted) return STATUS.stopped;
    const { message } = error as Error;
    const what = error instanceof ExpectationFailed ? 'This expectation did not hold' : 'The demo broke off';
    out.line(`\n${what}: ${message}.`);
    return STATUS.failed;
  }
}
