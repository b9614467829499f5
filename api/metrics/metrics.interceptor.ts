import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';
import { Metrics } from './metrics.js';

/** Measures every request that reaches a route, until the last byte of the answer. */
@Injectable()
export class MetricsInterceptor implements NestInterceptor {
  constructor(private readonly metrics: Metrics) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request & { route?: { path?: string } }>();
    const response = context.switchToHttp().getResponse<Response>();
    const end = this.metrics.httpDuration.startTimer({ method: request.method, route: request.route?.path ?? 'none' });
    response.once('close', () => end({ status: String(response.statusCode) }));
    return next.handle();
  }
}
