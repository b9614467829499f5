import { Client, Connection } from '@temporalio/client';
import { startTestTemporal } from './temporal.js';

describe('the Temporal server of a suite', () => {
  it('comes back at the same address after a kill, with its workflows when it keeps them on disk', async () => {
    const temporal = await startTestTemporal({ onDisk: true });
    const connection = await Connection.connect({ address: temporal.address });
    const client = new Client({ connection });
    await client.workflow.start('any', { workflowId: 'kept', taskQueue: 'none' });
    await temporal.kill();
    await temporal.start();
    expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
    await connection.close();
    await temporal.stop();
  });
});
