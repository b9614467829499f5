import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, their events and accounts, the report, policies, activation links and sealed passwords. */
export class FirstTables1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
    await runner.query(REFUSE_CHANGE);
    await runner.query(REFUSE_CHANGE_TRIGGER);
    await runner.query(END_USER_SEARCH_INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE password_envelope, activation, policy, operation, account, directory, lifecycle_event, person',
    );
    await runner.query('DROP FUNCTION refuse_change_of_final_operation');
  }
}

const TABLES = [
  `CREATE TABLE person (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id text NOT NULL,
    attributes jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'expected',
    display_name text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    left_at timestamptz,
    CONSTRAINT person_pkey PRIMARY KEY (id),
    CONSTRAINT person_person_id_key UNIQUE (person_id),
    CONSTRAINT person_state_check CHECK ("state" IN ('expected', 'active', 'left'))
  )`,
  `CREATE INDEX person_manager_idx ON person ((attributes ->> 'manager'))`,

  `CREATE TABLE lifecycle_event (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    position bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    person_uuid uuid NOT NULL,
    type text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    effective_at timestamptz NOT NULL,
    urgent boolean NOT NULL DEFAULT false,
    attributes jsonb NOT NULL DEFAULT '{}',
    body_hash text NOT NULL,
    actor text NOT NULL,
    state text NOT NULL DEFAULT 'accepted',
    reason text,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    handed_over_at timestamptz,
    hand_over_claimed_until timestamptz,
    taken_at timestamptz,
    finished_at timestamptz,
    workflow_run_id text,
    CONSTRAINT lifecycle_event_pkey PRIMARY KEY (id),
    CONSTRAINT lifecycle_event_position_key UNIQUE (position),
    CONSTRAINT lifecycle_event_source_event_id_key UNIQUE (source, event_id),
    CONSTRAINT lifecycle_event_type_check CHECK ("type" IN ('joiner', 'mover', 'leaver', 'rehire')),
    CONSTRAINT lifecycle_event_state_check
      CHECK ("state" IN ('accepted', 'taken', 'done', 'superseded', 'failed')),
    CONSTRAINT lifecycle_event_person_uuid_fkey FOREIGN KEY (person_uuid) REFERENCES person (id)
  )`,
  'CREATE INDEX lifecycle_event_person_idx ON lifecycle_event (person_uuid, position)',
  `CREATE INDEX lifecycle_event_to_hand_over_idx ON lifecycle_event (position)
    WHERE "handed_over_at" IS NULL AND "state" = 'accepted'`,
  `CREATE INDEX lifecycle_event_to_hand_over_first_idx ON lifecycle_event (position)
    WHERE "handed_over_at" IS NULL AND "state" = 'accepted' AND ("urgent" OR "type" = 'leaver')`,
  `CREATE INDEX lifecycle_event_accepted_idx ON lifecycle_event (effective_at) WHERE "state" = 'accepted'`,

  `CREATE TABLE directory (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    kind text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    position int NOT NULL,
    CONSTRAINT directory_pkey PRIMARY KEY (id),
    CONSTRAINT directory_name_key UNIQUE (name)
  )`,

  `CREATE TABLE account (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_uuid uuid NOT NULL,
    directory text NOT NULL,
    anchor text NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    attributes jsonb NOT NULL DEFAULT '{}',
    container text,
    memberships jsonb NOT NULL DEFAULT '[]',
    withdrawn jsonb NOT NULL DEFAULT '[]',
    manager text,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_pkey PRIMARY KEY (id),
    CONSTRAINT account_directory_anchor_key UNIQUE (directory, anchor),
    CONSTRAINT account_person_uuid_directory_key UNIQUE (person_uuid, directory),
    CONSTRAINT account_state_check CHECK ("state" IN ('active', 'disabled', 'deleted')),
    CONSTRAINT account_person_uuid_fkey FOREIGN KEY (person_uuid) REFERENCES person (id)
  )`,

  `CREATE TABLE operation (
    id text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    person_uuid uuid NOT NULL,
    event_uuid uuid,
    end_user jsonb NOT NULL,
    end_user_search text NOT NULL,
    application text NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    detail jsonb NOT NULL,
    before jsonb,
    after jsonb,
    outcome text NOT NULL DEFAULT 'planned',
    reason text,
    attempts int NOT NULL DEFAULT 0,
    planned_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    actor text NOT NULL,
    source text NOT NULL,
    workflow_id text NOT NULL,
    run_id text NOT NULL,
    retry_of text,
    CONSTRAINT operation_pkey PRIMARY KEY (id),
    CONSTRAINT operation_position_key UNIQUE (position),
    CONSTRAINT operation_outcome_check CHECK ("outcome" IN
      ('planned', 'waiting', 'succeeded', 'unchanged', 'failed', 'skipped', 'superseded')),
    CONSTRAINT operation_person_uuid_fkey FOREIGN KEY (person_uuid) REFERENCES person (id),
    CONSTRAINT operation_event_uuid_fkey FOREIGN KEY (event_uuid) REFERENCES lifecycle_event (id)
  )`,
  'CREATE INDEX operation_person_idx ON operation (person_uuid, position)',
  'CREATE INDEX operation_event_idx ON operation (event_uuid)',
  'CREATE INDEX operation_application_idx ON operation (application, position)',
  'CREATE INDEX operation_outcome_idx ON operation (outcome, position)',
  'CREATE INDEX operation_retry_of_idx ON operation (retry_of) WHERE "retry_of" IS NOT NULL',
  'CREATE INDEX operation_time_idx ON operation ((coalesce(finished_at, planned_at)))',

  `CREATE TABLE policy (
    version int GENERATED ALWAYS AS IDENTITY NOT NULL,
    document text NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT policy_pkey PRIMARY KEY (version)
  )`,

  `CREATE TABLE activation (
    token_hash bytea NOT NULL,
    person_uuid uuid NOT NULL,
    purpose text NOT NULL,
    operation_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT activation_pkey PRIMARY KEY (token_hash),
    CONSTRAINT activation_operation_id_key UNIQUE (operation_id),
    CONSTRAINT activation_purpose_check CHECK ("purpose" IN ('activation', 'reset')),
    CONSTRAINT activation_person_uuid_fkey FOREIGN KEY (person_uuid) REFERENCES person (id)
  )`,
  'CREATE INDEX activation_person_idx ON activation (person_uuid)',

  `CREATE TABLE password_envelope (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    request uuid NOT NULL,
    person_uuid uuid NOT NULL,
    directory text NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    operation_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT password_envelope_pkey PRIMARY KEY (id),
    CONSTRAINT password_envelope_request_directory_key UNIQUE (request, directory),
    CONSTRAINT password_envelope_person_uuid_fkey FOREIGN KEY (person_uuid) REFERENCES person (id)
  )`,
  'CREATE INDEX password_envelope_person_idx ON password_envelope (person_uuid)',
  'CREATE INDEX password_envelope_expires_at_idx ON password_envelope (expires_at)',
];

/** What the report says happened, happened: a row whose outcome is final is never changed or deleted. */
const REFUSE_CHANGE = `
  CREATE FUNCTION refuse_change_of_final_operation() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF OLD.outcome IN ('planned', 'waiting') THEN
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Operation % is final (%): the report keeps it as it is.', OLD.id, OLD.outcome
      USING ERRCODE = 'integrity_constraint_violation';
  END $$`;

const REFUSE_CHANGE_TRIGGER = `
  CREATE TRIGGER operation_final BEFORE UPDATE OR DELETE ON operation
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_final_operation()`;

/** Trigrams find a part of a name fast; where the server lacks the extension, the search works and reads more rows. */
const END_USER_SEARCH_INDEX = `
  DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX operation_end_user_search_idx ON operation USING gin (end_user_search gin_trgm_ops);
  EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege OR undefined_object THEN
    RAISE NOTICE 'pg_trgm is not available: the report searches end users without an index.';
  END $$`;
