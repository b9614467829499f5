import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  HealthIndicatorService,
  TypeOrmHealthIndicator,
} from '@nestjs/terminus';
import { Connection } from '@temporalio/client';
import { Public } from '../auth/access.decorator.js';
import { ProblemException } from '../problems/problem.exception.js';

/** A part that takes longer than this is not ready. */
const TIMEOUT_MS = 2_000;

/** Whether the process lives, and whether all that it needs answers. */
@Public()
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly temporal: Connection,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck({ noCache: true })
  @ApiOperation({ summary: 'The database and Temporal answer; 503 says which one does not' })
  async ready(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([
        () => this.database.pingCheck('database', { timeout: TIMEOUT_MS }),
        () => this.pingTemporal(),
      ]);
    } catch (error) {
      throw error instanceof ServiceUnavailableException ? notReady(error) : error;
    }
  }

  private async pingTemporal() {
    const indicator = this.indicators.check('temporal');
    try {
      await this.temporal.withDeadline(Date.now() + TIMEOUT_MS, () => this.temporal.workflowService.getSystemInfo({}));
      return indicator.up();
    } catch {
      return indicator.down();
    }
  }
}

const SENTENCES: Record<string, string> = {
  database: 'The database does not answer.',
  temporal: 'Temporal does not answer; events are accepted and wait for it.',
};

function notReady(error: ServiceUnavailableException): ProblemException {
  const { error: down } = error.getResponse() as HealthCheckResult;
  const errors = Object.keys(down ?? {}).map((part) => ({ pointer: `/${part}`, message: SENTENCES[part] ?? part }));
  return new ProblemException(503, 'unavailable', errors.map(({ message }) => message).join(' '), errors);
}
