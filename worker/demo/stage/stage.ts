import { setTimeout as wait } from 'node:timers/promises';
import type { StageOutput } from './stage-output.js';

/** Something that should have come about did not. */
export class ExpectationFailed extends Error {
  override readonly name = 'ExpectationFailed';

  /**
   * @param act in which it was expected
   * @param sentence what was expected
   */
  constructor(act: string, sentence: string) {
    super(`“${sentence}”, in “${act}”`);
  }
}

/** How an expectation is waited for. */
export interface ExpectOptions<T> {
  /** Default 30,000. */
  withinMs?: number;
  /** Milliseconds between two looks. Default 150. */
  everyMs?: number;
  /** What to show behind the sentence once it holds. */
  detail?: (value: T) => string | undefined;
}

/** Says that what is expected is not so yet, and how things stand. */
export function insist(holds: boolean, standing: string): asserts holds {
  if (!holds) throw new Error(standing);
}

/** Where the demo is played: acts, what is told, and expectations that are held against the real servers. */
export class Stage {
  private act = '';
  private acts = 0;
  private held = 0;

  /** @param stopped ends the play, whatever is being waited for */
  constructor(
    private readonly out: StageOutput,
    private readonly stopped: AbortSignal,
  ) {}

  /** How many expectations have held so far. */
  get count(): number {
    return this.held;
  }

  /** Begins an act. */
  begin(title: string): void {
    this.act = title;
    this.out.title(`${++this.acts}. ${title}`);
  }

  /** Tells the audience something. */
  tell(line: string): void {
    this.out.line(`   ${line}`);
  }

  /**
   * Looks until it is so: until `look` returns instead of throwing. What it throws is shown while time passes.
   * @returns what `look` returned
   * @throws ExpectationFailed when the time is over; an AbortError when the play was stopped
   */
  async expect<T>(sentence: string, look: () => Promise<T> | T, options: ExpectOptions<T> = {}): Promise<T> {
    const { withinMs = 30_000, everyMs = 150, detail } = options;
    const started = Date.now();
    for (;;) {
      try {
        const value = await look();
        this.held++;
        this.out.held(sentence, detail?.(value), Date.now() - started);
        return value;
      } catch (error) {
        this.stopped.throwIfAborted();
        const standing = error instanceof Error ? error.message : String(error);
        if (Date.now() - started > withinMs) {
          const reason = `After ${Math.round(withinMs / 1000)} s: ${standing}`;
          this.out.failed(sentence, reason);
          throw new ExpectationFailed(this.act, sentence);
        }
        this.out.waiting(sentence, standing);
      }
      await wait(everyMs, undefined, { signal: this.stopped });
    }
  }
}
