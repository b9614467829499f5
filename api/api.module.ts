import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { ZodSerializerInterceptor, ZodValidationPipe } from 'nestjs-zod';
import type { Logger } from 'pino';
import { ActivationModule } from './activation/activation.module.js';
import { API_OPTIONS, type ApiOptions } from './api-options.js';
import { AuthModule } from './auth/auth.module.js';
import { CodecModule } from './codec/codec.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DirectoriesModule } from './directories/directories.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RootController } from './openapi/root.controller.js';
import { OperationsModule } from './operations/operations.module.js';
import { PeopleModule } from './people/people.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ReportsModule } from './reports/reports.module.js';
import { TemporalModule } from './temporal/temporal.module.js';

/** All of the API. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's form of a module with options.
export class ApiModule {
  static with(options: ApiOptions, logger: Logger): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        // The request's own logger is there already: see createApi.
        LoggerModule.forRoot({ pinoHttp: { logger }, useExisting: true }),
        DatabaseModule,
        TemporalModule,
        MetricsModule,
        AuthModule,
        EventsModule,
        OperationsModule,
        PeopleModule,
        PoliciesModule,
        DirectoriesModule,
        ReportsModule,
        CodecModule,
        HealthModule,
        ActivationModule,
      ],
      controllers: [RootController],
      providers: [
        { provide: API_OPTIONS, useValue: options },
        { provide: APP_PIPE, useClass: ZodValidationPipe },
        { provide: APP_INTERCEPTOR, useClass: ZodSerializerInterceptor },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [API_OPTIONS],
    };
  }
}
