import { writeWorkflowBundle } from './workflow-bundle.js';

/* Run by the build, so that no worker has to make the bundle at its start. */
writeWorkflowBundle().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
