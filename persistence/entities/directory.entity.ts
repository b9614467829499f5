import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { PasswordRules } from '../../domain/password/password-rules.js';

/** Whether passwords can be set in a directory, and what it demands of them. */
export type DirectoryPasswords = { settable: true; rules: PasswordRules } | { settable: false };

/** A connected system, as the configuration file describes it; its secrets stay there. */
@Entity('directory')
@Unique('directory_name_key', ['name'])
export class DirectoryEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'directory_pkey' })
  id!: string;

  /** The word for it in policies, the report and the API. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  kind!: string;

  /** Without secrets. */
  @Column({ type: 'jsonb', default: {} })
  settings!: Record<string, unknown>;

  /** Its place in the configuration file. */
  @Column({ type: 'int' })
  position!: number;

  /** What the directory last said of passwords; null until it was asked. */
  @Column({ type: 'jsonb', nullable: true })
  passwords!: DirectoryPasswords | null;
}
