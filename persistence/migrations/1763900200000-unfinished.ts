import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds what was taken by a run and is not finished. */
export class Unfinished1763900200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX lifecycle_event_taken_idx ON lifecycle_event (person_uuid) WHERE "state" = 'taken'`,
    );
    await runner.query(
      `CREATE INDEX operation_open_idx ON operation (person_uuid) WHERE "outcome" IN ('planned', 'waiting')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX lifecycle_event_taken_idx, operation_open_idx');
  }
}
