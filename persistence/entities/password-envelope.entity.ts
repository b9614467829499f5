import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { PersonEntity } from './person.entity.js';

/**
 * A chosen password on its way to one directory, sealed to the worker's public key. The row is deleted as soon as the
 * password is set or the envelope has expired.
 */
@Entity('password_envelope')
@Unique('password_envelope_request_directory_key', ['request', 'directory'])
@Index('password_envelope_person_idx', ['personUuid'])
@Index('password_envelope_expires_at_idx', ['expiresAt'])
export class PasswordEnvelopeEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'password_envelope_pkey' })
  id!: string;

  /** One choice of a password; its envelopes go to one `password` workflow. */
  @Column({ type: 'uuid' })
  request!: string;

  @Column({ type: 'uuid' })
  personUuid!: string;

  @ManyToOne(() => PersonEntity, { nullable: false })
  @JoinColumn({ name: 'person_uuid', foreignKeyConstraintName: 'password_envelope_person_uuid_fkey' })
  person?: PersonEntity;

  /** Name of the directory. */
  @Column({ type: 'text' })
  directory!: string;

  /** The key it is sealed to. */
  @Column({ type: 'text' })
  keyId!: string;

  /** Ciphertext only. */
  @Column({ type: 'bytea' })
  sealed!: Buffer;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  /** The report's row for it. */
  @Column({ type: 'text' })
  operationId!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
