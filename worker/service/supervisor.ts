import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Part, RunningPart } from './part.js';
import type { StatusScreen } from './status-screen.js';

/** After its death a part is started again at once; one that dies again and again gets longer pauses. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A part that ran this long is healthy: its next pause is the first again. */
const HEALTHY_AFTER_MS = 30_000;

/** Keeps parts running, in the order in which they need each other, and stops them in the reverse order. */
export class Supervisor {
  private readonly running = new Map<Part, RunningPart>();
  private readonly started: Part[] = [];
  private stopping = false;

  /** @param file where the process ids of the parts are kept, for whoever looks into a running service */
  constructor(
    private readonly screen: StatusScreen,
    private readonly file: string,
  ) {}

  /**
   * Starts parts side by side and returns when all are ready.
   * @throws Error of the first part that could not be started, after the others of its stage have settled
   */
  async start(...parts: Part[]): Promise<void> {
    const results = await Promise.allSettled(parts.map((part) => this.startFirst(part)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Stops everything, what was started last first. What others depend on outlives them. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const part of this.started.reverse()) {
      this.screen.update(part.name, 'stopping');
      await this.running.get(part)?.stop();
      this.screen.update(part.name, 'stopped');
    }
  }

  private async startFirst(part: Part): Promise<void> {
    this.screen.update(part.name, 'starting');
    try {
      await this.launch(part);
    } catch (error) {
      this.screen.update(part.name, 'failed');
      throw error;
    }
    this.started.push(part);
  }

  /** @param pause before it is started again, should it die at once */
  private async launch(part: Part, pause = FIRST_PAUSE_MS): Promise<void> {
    const running = await part.start((line) => this.screen.update(part.name, 'starting', line));
    // A part that was being started again while everything stops would outlive the service.
    if (this.stopping) return running.stop();
    this.running.set(part, running);
    this.noteProcesses();
    this.screen.update(part.name, 'running', running.detail);
    const since = Date.now();
    void running.exited.then(({ code, signal }) => {
      if (!this.stopping) void this.revive(part, since, signal ?? `exit code ${code}`, pause);
    });
  }

  /** Under its name the file is always whole, whoever reads it meanwhile. */
  private noteProcesses(): void {
    const pids = [...this.running].map(([{ name }, { pid }]) => [name, pid]);
    writeFileSync(`${this.file}.new`, JSON.stringify(Object.fromEntries(pids)), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }

  /** Starts a part that died, for as long as it takes. */
  private async revive(part: Part, since: number, reason: string, pause: number): Promise<void> {
    this.screen.update(part.name, 'restarting', `ended (${reason})`);
    const lived = Date.now() - since;
    const now = lived > HEALTHY_AFTER_MS ? FIRST_PAUSE_MS : pause;
    await wait(now);
    if (this.stopping) return;
    const next = Math.min(now * 2, LONGEST_PAUSE_MS);
    try {
      await this.launch(part, next);
    } catch (error) {
      await this.revive(part, Date.now(), (error as Error).message.split('\n')[0] ?? 'could not be started', next);
    }
  }
}
