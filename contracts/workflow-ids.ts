/** The one open execution of a person. Every event of that person goes to it. */
export const personWorkflowId = (personId: string): string => `person/${personId}`;

/** Brings the password that a person chose to the directories. */
export const passwordWorkflowId = (requestId: string): string => `password/${requestId}`;
