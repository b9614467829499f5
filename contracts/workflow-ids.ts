/** The one open execution of a person. Every event of that person goes to it. */
export const personWorkflowId = (personId: string): string => `person/${personId}`;

/** Brings the password that a person chose to the directories. */
export const passwordWorkflowId = (requestId: string): string => `password/${requestId}`;

/** Sends the mail with the link to choose a new password. */
export const passwordMailWorkflowId = (operationId: string): string => `password-mail/${operationId}`;

/** Asks a directory what it demands of passwords. */
export const passwordRulesWorkflowId = (directory: string): string => `password-rules/${directory}`;
