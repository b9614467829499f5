/** One Ctrl-C can arrive twice: from the terminal, and from npm, which passes it on. */
const SAME_PRESS_MS = 1_000;

/**
 * Resolves at the first Ctrl-C or SIGTERM. A second one does not wait any longer: children are stopped by their
 * watchers then.
 */
export function untilAskedToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked: number | undefined;
    const take = (signal: NodeJS.Signals): void => {
      if (asked !== undefined && Date.now() - asked > SAME_PRESS_MS) process.exit(130);
      asked ??= Date.now();
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, take);
  });
}
