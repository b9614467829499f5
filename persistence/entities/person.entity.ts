import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  PrimaryGeneratedColumn,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import type { Attributes } from '../../domain/person/attributes.js';
import type { PersonState } from '../../domain/person/person.js';

/** One human being in the organisation, as the last effective event left them. */
@Entity('person')
@Unique('person_person_id_key', ['personId'])
@Check('person_state_check', `"state" IN ('expected', 'active', 'left')`)
@Index('person_manager_idx', { synchronize: false })
export class PersonEntity {
  /** Tenure's own id; part of the workflow id. */
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'person_pkey' })
  id!: string;

  /** HR's id, which accounts are correlated by. */
  @Column({ type: 'text' })
  personId!: string;

  @Column({ type: 'jsonb', default: {} })
  attributes!: Attributes;

  @Column({ type: 'text', default: 'expected' })
  state!: PersonState;

  /** For people who read lists; null until an event said a name. */
  @Column({ type: 'text', nullable: true })
  displayName!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  /** When the last leave took effect; null for whoever is here. */
  @Column({ type: 'timestamptz', nullable: true })
  leftAt!: Date | null;
}
