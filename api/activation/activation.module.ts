import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { DataSource } from 'typeorm';
import { ActivationRepository } from '../../persistence/activation.repository.js';
import { PasswordHandOverRepository } from '../../persistence/password-hand-over.repository.js';
import { PasswordResetRepository } from '../../persistence/password-reset.repository.js';
import { ActivationController } from './activation.controller.js';
import { ActivationService } from './activation.service.js';
import { PasswordHandOver } from './password-hand-over.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetService } from './password-reset.service.js';
import { PasswordRuns } from './password-runs.js';

const REPOSITORIES = [ActivationRepository, PasswordHandOverRepository, PasswordResetRepository];

/** The pages behind the links of mails, and the way of passwords to Temporal. */
@Module({
  imports: [ThrottlerModule.forRoot({ throttlers: [{ limit: 60, ttl: 60_000 }], setHeaders: false })],
  controllers: [ActivationController, PasswordResetController],
  providers: [
    ActivationService,
    PasswordHandOver,
    PasswordResetService,
    PasswordRuns,
    ...REPOSITORIES.map((repository) => ({
      provide: repository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new repository(dataSource),
    })),
  ],
})
export class ActivationModule {}
