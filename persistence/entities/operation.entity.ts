import { Check, Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { Attributes } from '../../domain/person/attributes.js';
import type { Operation, OperationKind, OperationOutcome } from '../../domain/plan/operation.js';
import { PositionColumn } from '../position.js';
import { LifecycleEventEntity } from './lifecycle-event.entity.js';
import { PersonEntity } from './person.entity.js';

/** The person of a report row, as they were called when it was written. */
export interface EndUser {
  personId: string;
  displayName?: string;
  userName?: string;
  mail?: string;
}

/**
 * One row of the report. It is inserted when the operation is planned and updated until its outcome is final; a trigger
 * refuses every change of a final row. A retry is a row of its own.
 */
@Entity('operation')
@Unique('operation_position_key', ['position'])
@Check(
  'operation_outcome_check',
  `"outcome" IN ('planned', 'waiting', 'succeeded', 'unchanged', 'failed', 'skipped', 'superseded')`,
)
@Index('operation_person_idx', ['personUuid', 'position'])
@Index('operation_event_idx', ['eventUuid'])
@Index('operation_application_idx', ['application', 'position'])
@Index('operation_outcome_idx', ['outcome', 'position'])
@Index('operation_retry_of_idx', ['retryOf'], { where: `"retry_of" IS NOT NULL` })
@Index('operation_not_started_idx', ['plannedAt'], { where: `"run_id" = '' AND "outcome" = 'planned'` })
@Index('operation_time_idx', { synchronize: false })
@Index('operation_end_user_search_idx', { synchronize: false })
@Index('operation_open_idx', ['personUuid'], { where: `"outcome" IN ('planned', 'waiting')` })
export class OperationEntity {
  /** Deterministic: the same event planned twice names its operations alike. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'operation_pkey' })
  id!: string;

  /** The order in which the rows arrived; the report pages by it. */
  @PositionColumn()
  position!: number;

  @Column({ type: 'uuid' })
  personUuid!: string;

  @ManyToOne(() => PersonEntity, { nullable: false })
  @JoinColumn({ name: 'person_uuid', foreignKeyConstraintName: 'operation_person_uuid_fkey' })
  person?: PersonEntity;

  /** The event behind it; null for what no event asked for, such as a chosen password. */
  @Column({ type: 'uuid', nullable: true })
  eventUuid!: string | null;

  @ManyToOne(() => LifecycleEventEntity, { nullable: true })
  @JoinColumn({ name: 'event_uuid', foreignKeyConstraintName: 'operation_event_uuid_fkey' })
  event?: LifecycleEventEntity | null;

  @Column({ type: 'jsonb' })
  endUser!: EndUser;

  /** All that the end user is found by: `endUserSearch()` of the members of `endUser`. */
  @Column({ type: 'text' })
  endUserSearch!: string;

  /** Name of the directory, or `mail`. */
  @Column({ type: 'text' })
  application!: string;

  @Column({ type: 'text' })
  kind!: OperationKind;

  @Column({ type: 'text' })
  target!: string;

  /** The whole operation, without secrets: a retry does it again. */
  @Column({ type: 'jsonb' })
  detail!: Operation;

  @Column({ type: 'jsonb', nullable: true })
  before!: Attributes | null;

  @Column({ type: 'jsonb', nullable: true })
  after!: Attributes | null;

  @Column({ type: 'text', default: 'planned' })
  outcome!: OperationOutcome;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column({ type: 'int', default: 0 })
  attempts!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  plannedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;

  /** Who caused it: the sender of the event, or whoever pressed *Retry*. */
  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text' })
  workflowId!: string;

  /** Empty until Temporal was told of it. */
  @Column({ type: 'text' })
  runId!: string;

  /** Id of the operation that this one tries again. */
  @Column({ type: 'text', nullable: true })
  retryOf!: string | null;
}

/** What the report's filter `endUser` looks into: lower case, one member a line. */
export function endUserSearch(endUser: EndUser): string {
  return [endUser.personId, endUser.displayName, endUser.userName, endUser.mail]
    .filter((part) => part !== undefined && part !== '')
    .join('\n')
    .toLowerCase();
}
