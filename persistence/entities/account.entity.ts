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
  UpdateDateColumn,
} from 'typeorm';
import type { Attributes } from '../../domain/person/attributes.js';
import type { KnownAccount } from '../../domain/plan/plan.js';
import { PersonEntity } from './person.entity.js';

/** A person's record in one directory, as Tenure last knew it. */
@Entity('account')
@Unique('account_directory_anchor_key', ['directory', 'anchor'])
@Unique('account_person_uuid_directory_key', ['personUuid', 'directory'])
@Check('account_state_check', `"state" IN ('active', 'disabled', 'deleted')`)
@Index('account_sign_in_name_idx', { synchronize: false })
@Index('account_sam_account_name_idx', { synchronize: false })
export class AccountEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'account_pkey' })
  id!: string;

  @Column({ type: 'uuid' })
  personUuid!: string;

  @ManyToOne(() => PersonEntity, { nullable: false })
  @JoinColumn({ name: 'person_uuid', foreignKeyConstraintName: 'account_person_uuid_fkey' })
  person?: PersonEntity;

  /** Name of the directory. */
  @Column({ type: 'text' })
  directory!: string;

  /** The directory's immutable id of the account. */
  @Column({ type: 'text' })
  anchor!: string;

  /** For people: DN, UPN. It may change. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  state!: KnownAccount['state'];

  @Column({ type: 'jsonb', default: {} })
  attributes!: Attributes;

  @Column({ type: 'text', nullable: true })
  container!: string | null;

  /** The groups that Tenure put it into, by the policy's names. */
  @Column({ type: 'jsonb', default: [] })
  memberships!: string[];

  /** The groups that a leave took away; an undo brings them back. */
  @Column({ type: 'jsonb', default: [] })
  withdrawn!: string[];

  /** Correlation value of the manager that Tenure set. */
  @Column({ type: 'text', nullable: true })
  manager!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
