/** Task queues of the no-op runs: one for workflows, two in place of directories, one in place of mail. */
export const NO_OP_QUEUES = {
  core: 'bench',
  first: 'bench/first',
  second: 'bench/second',
  mail: 'bench/mail',
} as const;

/** The signal that starts a no-op run, as an event starts a person's. */
export const NO_OP_SIGNAL = 'begin';
