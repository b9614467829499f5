import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import type { EventState, EventType } from '../../domain/event/lifecycle-event.js';
import type { Attributes } from '../../domain/person/attributes.js';
import { PositionColumn } from '../position.js';
import { PersonEntity } from './person.entity.js';

/** One thing that HR said about a person, and how far it is. */
@Entity('lifecycle_event')
@Unique('lifecycle_event_source_event_id_key', ['source', 'eventId'])
@Unique('lifecycle_event_position_key', ['position'])
@Check('lifecycle_event_type_check', `"type" IN ('joiner', 'mover', 'leaver', 'rehire')`)
@Check('lifecycle_event_state_check', `"state" IN ('accepted', 'taken', 'done', 'superseded', 'failed')`)
@Index('lifecycle_event_person_idx', ['personUuid', 'position'])
@Index('lifecycle_event_to_hand_over_idx', ['position'], { where: `"handed_over_at" IS NULL AND "state" = 'accepted'` })
@Index('lifecycle_event_to_hand_over_first_idx', ['position'], {
  where: `"handed_over_at" IS NULL AND "state" = 'accepted' AND ("urgent" OR "type" = 'leaver')`,
})
@Index('lifecycle_event_accepted_idx', ['effectiveAt'], { where: `"state" = 'accepted'` })
@Index('lifecycle_event_taken_idx', ['personUuid'], { where: `"state" = 'taken'` })
export class LifecycleEventEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'lifecycle_event_pkey' })
  id!: string;

  /** The order of acceptance. Events of one person are numbered in the order of their commits. */
  @PositionColumn()
  position!: number;

  @Column({ type: 'uuid' })
  personUuid!: string;

  @ManyToOne(() => PersonEntity, { nullable: false })
  @JoinColumn({ name: 'person_uuid', foreignKeyConstraintName: 'lifecycle_event_person_uuid_fkey' })
  person?: PersonEntity;

  @Column({ type: 'text' })
  type!: EventType;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text' })
  eventId!: string;

  @Column({ type: 'timestamptz' })
  effectiveAt!: Date;

  @Column({ type: 'boolean', default: false })
  urgent!: boolean;

  /** What the event changes; the other attributes of the person stay as they are. */
  @Column({ type: 'jsonb', default: {} })
  attributes!: Attributes;

  /** SHA-256 (hex) of the canonical body: tells a repetition from another event under the same id. */
  @Column({ type: 'text' })
  bodyHash!: string;

  /** Who sent it: the name of the principal. */
  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'text', default: 'accepted' })
  state!: EventState;

  /** Why it was superseded or failed: a sentence. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  acceptedAt!: Date;

  /** When Temporal last confirmed that it has the event. */
  @Column({ type: 'timestamptz', nullable: true })
  handedOverAt!: Date | null;

  /** Until then one process is busy handing it over, and the others leave it alone. */
  @Column({ type: 'timestamptz', nullable: true })
  handOverClaimedUntil!: Date | null;

  /** When a run began with it. */
  @Column({ type: 'timestamptz', nullable: true })
  takenAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;

  /** The run that took it. */
  @Column({ type: 'text', nullable: true })
  workflowRunId!: string | null;
}
