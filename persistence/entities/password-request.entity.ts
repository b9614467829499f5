import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { ActivationEntity } from './activation.entity.js';
import { PersonEntity } from './person.entity.js';

/** One choice of a password by its person; the `password` workflow of the same id brings it to the directories. */
@Entity('password_request')
@Unique('password_request_status_hash_key', ['statusHash'])
@Index('password_request_person_idx', ['personUuid'])
@Index('password_request_activation_idx', ['activationHash'])
export class PasswordRequestEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'password_request_pkey' })
  id!: string;

  @Column({ type: 'uuid' })
  personUuid!: string;

  @ManyToOne(() => PersonEntity, { nullable: false })
  @JoinColumn({ name: 'person_uuid', foreignKeyConstraintName: 'password_request_person_uuid_fkey' })
  person?: PersonEntity;

  /** The link that it was chosen with. */
  @Column({ type: 'bytea' })
  activationHash!: Buffer;

  @ManyToOne(() => ActivationEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'activation_hash', foreignKeyConstraintName: 'password_request_activation_hash_fkey' })
  activation?: ActivationEntity;

  /** SHA-256 of the key that opens the page on how it goes. */
  @Column({ type: 'bytea' })
  statusHash!: Buffer;

  @Column({ type: 'timestamptz' })
  statusExpiresAt!: Date;

  /** The directories whose rules refused the password: the person can choose another. */
  @Column({ type: 'jsonb', default: [] })
  refused!: string[];

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
