/* Every workflow type that a worker knows, by its name in Temporal. */
export { joiner } from './joiner.workflow.js';
export { leaver } from './leaver.workflow.js';
export { mover } from './mover.workflow.js';
export { password } from './password.workflow.js';
export { passwordMail } from './password-mail.workflow.js';
export { passwordRules } from './password-rules.workflow.js';
export { rehire } from './rehire.workflow.js';
