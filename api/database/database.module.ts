import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { createDataSource } from '../../persistence/data-source.js';
import { DirectoryRepository } from '../../persistence/directory.repository.js';
import { EventAcceptanceRepository } from '../../persistence/event-acceptance.repository.js';
import { HandOverRepository } from '../../persistence/hand-over.repository.js';
import { LifecycleEventRepository } from '../../persistence/lifecycle-event.repository.js';
import { PersonRepository } from '../../persistence/person.repository.js';
import { PolicyRepository } from '../../persistence/policy.repository.js';
import { ReportRepository } from '../../persistence/report.repository.js';
import { UnfinishedRepository } from '../../persistence/unfinished.repository.js';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';

const REPOSITORIES = [
  DirectoryRepository,
  EventAcceptanceRepository,
  HandOverRepository,
  LifecycleEventRepository,
  PersonRepository,
  PolicyRepository,
  ReportRepository,
  UnfinishedRepository,
];

/** Connections of one API process: most requests need one for a few milliseconds. */
const POOL_SIZE = 20;

/** The database and its repositories, for every module. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [API_OPTIONS],
      useFactory: ({ databaseUrl }: ApiOptions) => ({
        ...createDataSource(databaseUrl, { poolSize: POOL_SIZE, applicationName: 'tenure-api' }).options,
        // A database that starts at the same time as we do gets ten seconds.
        retryAttempts: 10,
        retryDelay: 1_000,
        verboseRetryLog: true,
      }),
    }),
  ],
  providers: REPOSITORIES.map((repository) => ({
    provide: repository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new repository(dataSource),
  })),
  exports: REPOSITORIES,
})
export class DatabaseModule {}
