import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { EVENT_TYPES } from '../../domain/event/lifecycle-event';
import { workflowBundle } from '../../worker/workflow-bundle';

jest.setTimeout(60_000);

const FOLDER = join(__dirname, 'histories');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

let bundle: WorkflowBundleOption;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle = await workflowBundle();
});

it('has a history of every workflow type', () => {
  const types = new Set(FILES.map((file) => file.split('.')[1]));
  expect([...types].sort()).toEqual([...EVENT_TYPES, 'password', 'passwordMail', 'passwordRules'].sort());
});

it.each(FILES)('goes on with a run that was begun by an earlier version: %s', async (file) => {
  const history = historyFromJSON(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
  await Worker.runReplayHistory({ workflowBundle: bundle }, history, `person/${file}`);
});
