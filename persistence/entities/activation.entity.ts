import { Check, Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { PersonEntity } from './person.entity.js';

/** A link that was mailed to a person. The token itself is only in the mail. */
@Entity('activation')
@Unique('activation_operation_id_key', ['operationId'])
@Check('activation_purpose_check', `"purpose" IN ('activation', 'reset')`)
@Index('activation_person_idx', ['personUuid'])
export class ActivationEntity {
  /** SHA-256 of the token. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'activation_pkey' })
  tokenHash!: Buffer;

  @Column({ type: 'uuid' })
  personUuid!: string;

  @ManyToOne(() => PersonEntity, { nullable: false })
  @JoinColumn({ name: 'person_uuid', foreignKeyConstraintName: 'activation_person_uuid_fkey' })
  person?: PersonEntity;

  @Column({ type: 'text' })
  purpose!: 'activation' | 'reset';

  /** The operation that sends the mail. */
  @Column({ type: 'text' })
  operationId!: string;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  usedAt!: Date | null;

  /** When the mail server took the mail; a mail that was taken is not sent again. */
  @Column({ type: 'timestamptz', nullable: true })
  sentAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
