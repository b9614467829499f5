import type { DataSource, EntityManager } from 'typeorm';

/** SQLSTATEs of transactions that PostgreSQL gave up for another one and that can simply be run again. */
const RUN_AGAIN = new Set(['40P01', '40001']);
const ATTEMPTS = 5;

/** A transaction that is run again when it lost a deadlock. `work` may run several times. */
export async function transactionWithRetry<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      const { code } = error as { code?: string };
      if (attempt === ATTEMPTS || code === undefined || !RUN_AGAIN.has(code)) throw error;
    }
  }
}
