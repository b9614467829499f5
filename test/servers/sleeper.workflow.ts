import { sleep } from '@temporalio/workflow';

/** Waits and says for how many days it did, by the workflow's own clock. */
export async function sleeper(days: number): Promise<number> {
  const start = Date.now();
  await sleep(days * 86_400_000);
  return Math.round((Date.now() - start) / 86_400_000);
}
