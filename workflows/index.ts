/* Every workflow type that a worker knows, by its name in Temporal. */
export { joiner } from './joiner.workflow.js';
export { leaver } from './leaver.workflow.js';
export { mover } from './mover.workflow.js';
export { rehire } from './rehire.workflow.js';
