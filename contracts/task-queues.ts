/** Workflows, and the activities that use the database. */
export const CORE_QUEUE = 'tenure';

/** Outgoing mail: a queue of its own, so that a mail server that hangs holds up nobody's accounts. */
export const MAIL_QUEUE = 'mail';

/** Operations on one directory: a queue each, so that a directory that hangs fills only its own slots. */
export const directoryQueue = (directory: string): string => `directory/${directory}`;

/**
 * Temporal's task priority (1 is served first, 3 is its default). Cutting access overtakes everything that is queued;
 * a password whose person is looking at the page overtakes what nobody looks at.
 */
export const PRIORITY = { cutAccess: 1, urgent: 1, interactive: 2, normal: 3, bulk: 5 } as const;
