import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { createDataConverter } from '../../contracts/payload-codec.js';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';
import { PersonRuns } from './person-runs.js';

/** The connection to Temporal. It is made when it is first needed, so that the API starts and accepts events without. */
@Global()
@Module({
  providers: [
    {
      provide: Connection,
      inject: [API_OPTIONS],
      useFactory: ({ temporal }: ApiOptions) =>
        Connection.lazy({
          ...temporal.connectionOptions,
          // After an outage we are back within a second; gRPC itself would wait up to two minutes.
          channelArgs: {
            'grpc.initial_reconnect_backoff_ms': 200,
            'grpc.max_reconnect_backoff_ms': 1_000,
            ...temporal.connectionOptions.channelArgs,
          },
          // Events are sent again from the database, so a call gives up soon.
          interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 3 }))],
        }),
    },
    {
      provide: Client,
      inject: [API_OPTIONS, Connection],
      useFactory: ({ temporal, keyring }: ApiOptions, connection: Connection) =>
        new Client({
          connection,
          namespace: temporal.namespace,
          dataConverter: createDataConverter(keyring.payload),
          identity: `tenure-api@${process.pid}`,
        }),
    },
    PersonRuns,
  ],
  exports: [Client, Connection, PersonRuns],
})
export class TemporalModule implements OnApplicationShutdown {
  constructor(private readonly connection: Connection) {}

  /** The last phase: by now the hand-over has stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
