import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts the message and the stack of every failure into a payload, so that the codec covers them too. This file also
 * runs inside the workflow sandbox: it must import nothing of Node's.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
