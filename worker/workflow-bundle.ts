import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { failureConverterPath } from '../contracts/payload-codec.js';

/** Where the build leaves the bundle: beside the compiled workflows. */
const BUNDLE = join(__dirname, '..', 'workflows', 'bundle.js');

/**
 * The workflows as Temporal's sandbox loads them. The build makes the bundle once; without one (tests run from the
 * sources) it is made on the spot.
 */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  if (existsSync(BUNDLE)) return { codePath: BUNDLE };
  return { code: (await bundle()).code };
}

/** Makes the bundle and writes it beside the compiled workflows. */
export async function writeWorkflowBundle(): Promise<void> {
  const { code } = await bundle();
  await mkdir(dirname(BUNDLE), { recursive: true });
  await writeFile(BUNDLE, code);
}

function bundle() {
  return bundleWorkflowCode({
    // Webpack tells every module otherwise, before anything that a user of `npm start` wants to read.
    logger: new DefaultLogger('WARN'),
    workflowsPath: require.resolve('../workflows/index'),
    // Without it workflows could not read what the failures of activities say, and would tell their own in plain text.
    failureConverterPath: failureConverterPath(),
    // The sources name their imports as the compiled files are called.
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, extensionAlias: { '.js': ['.ts', '.js'] } },
    }),
  });
}
