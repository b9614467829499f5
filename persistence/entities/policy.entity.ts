import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One version of the policies. The highest is in force; the earlier ones stay for the record. */
@Entity('policy')
export class PolicyEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'policy_pkey',
  })
  version!: number;

  /** The text as it was saved, comments included. */
  @Column({ type: 'text' })
  document!: string;

  @Column({ type: 'text' })
  actor!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
