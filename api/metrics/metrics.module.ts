import { Controller, Get, Global, Header, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { MetricsInterceptor } from './metrics.interceptor.js';
import { Metrics } from './metrics.js';

/** `GET /metrics`, for Prometheus; behind the bearer token like everything else. */
@ApiExcludeController()
@Controller('metrics')
class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(): Promise<string> {
    return await this.metrics.registry.metrics();
  }
}

/** Counts and measures. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [Metrics, { provide: APP_INTERCEPTOR, useClass: MetricsInterceptor }],
  exports: [Metrics],
})
export class MetricsModule {}
