import type { ChildExit } from '../embedded/child.js';

/** A part of the service while it runs. */
export interface RunningPart {
  pid: number;
  /** Where it is or what it is, for the status screen. */
  detail?: string;
  /** Resolves when it has ended, whatever the reason. */
  exited: Promise<ChildExit>;
  stop(): Promise<void>;
}

/** A program that the supervisor keeps running. */
export interface Part {
  /** What people call it: `PostgreSQL`, `API`. */
  name: string;
  /**
   * Starts it and waits until it is ready. Called again after it died; what others know of it (its port) stays.
   * @param progress tells what takes long, for the status screen
   */
  start(progress: (line: string) => void): Promise<RunningPart>;
}
