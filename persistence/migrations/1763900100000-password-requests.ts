import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a chosen password goes, what directories demand of one, and when a mail went out. */
export class PasswordRequests1763900100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX operation_not_started_idx, account_sign_in_name_idx, account_sam_account_name_idx');
    await runner.query('DROP TABLE password_request');
    await runner.query('ALTER TABLE activation DROP COLUMN sent_at');
    await runner.query('ALTER TABLE directory DROP COLUMN passwords');
  }
}

const STATEMENTS = [
  'ALTER TABLE directory ADD passwords jsonb',
  'ALTER TABLE activation ADD sent_at timestamptz',
  `CREATE TABLE password_request (
    id uuid NOT NULL,
    person_uuid uuid NOT NULL,
    activation_hash bytea NOT NULL,
    status_hash bytea NOT NULL,
    status_expires_at timestamptz NOT NULL,
    refused jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT password_request_pkey PRIMARY KEY (id),
    CONSTRAINT password_request_status_hash_key UNIQUE (status_hash),
    CONSTRAINT password_request_person_uuid_fkey FOREIGN KEY (person_uuid) REFERENCES person (id),
    CONSTRAINT password_request_activation_hash_fkey FOREIGN KEY (activation_hash) REFERENCES activation (token_hash)
      ON DELETE CASCADE
  )`,
  'CREATE INDEX password_request_person_idx ON password_request (person_uuid)',
  'CREATE INDEX password_request_activation_idx ON password_request (activation_hash)',
  // What was committed and not yet handed over to Temporal.
  `CREATE INDEX operation_not_started_idx ON operation (planned_at) WHERE "run_id" = '' AND "outcome" = 'planned'`,
  // By these somebody who forgot the password is found.
  `CREATE INDEX account_sign_in_name_idx ON account (lower(attributes ->> 'userPrincipalName'))`,
  `CREATE INDEX account_sam_account_name_idx ON account (lower(attributes ->> 'sAMAccountName'))`,
];
