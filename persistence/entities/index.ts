import { AccountEntity } from './account.entity.js';
import { ActivationEntity } from './activation.entity.js';
import { DirectoryEntity } from './directory.entity.js';
import { LifecycleEventEntity } from './lifecycle-event.entity.js';
import { OperationEntity } from './operation.entity.js';
import { PasswordEnvelopeEntity } from './password-envelope.entity.js';
import { PasswordRequestEntity } from './password-request.entity.js';
import { PersonEntity } from './person.entity.js';
import { PolicyEntity } from './policy.entity.js';

/** Every table. */
export const ENTITIES = [
  PersonEntity,
  LifecycleEventEntity,
  DirectoryEntity,
  AccountEntity,
  OperationEntity,
  PolicyEntity,
  ActivationEntity,
  PasswordEnvelopeEntity,
  PasswordRequestEntity,
];
