import { Controller, Get, Param, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ZodResponse } from 'nestjs-zod';
import type { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { ProblemException } from '../problems/problem.exception.js';
import { KeyParams } from '../validation/key-params.js';
import { HistoryDto } from './history-views.js';
import { csvOf } from './report-csv.js';
import { cursorOf, filterOf, positionOf, ReportQuery } from './report-query.js';
import { OperationDto, operationView, ReportPageDto } from './report-views.js';
import { ReportsService } from './reports.service.js';

/** What was done for whom, when, and what went wrong. */
@ApiTags('reports')
@Controller('api/v1/reports/provisioning')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get()
  @ApiOperation({
    summary: 'The provisioning report, newest first',
    description:
      'Without a filter it is everything. With `format=csv`, or `Accept: text/csv`, all rows that match are streamed.',
  })
  @ApiProduces('application/json', 'text/csv')
  @ZodResponse({ status: 200, type: ReportPageDto })
  @ApiProblems(400)
  async list(@Query() query: ReportQuery, @Req() request: Request): Promise<ReportPageDto> {
    const filter = filterOf(query);
    // What is streamed passes by the check of the answer, which knows JSON only.
    if (wantsCsv(query, request)) return csvFile(await this.reports.batches(filter)) as unknown as ReportPageDto;
    const { rows, next } = await this.reports.page(filter, query.limit, before(query.cursor));
    return { items: rows.map(operationView), nextCursor: next === undefined ? null : cursorOf(next) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One row of the report' })
  @ZodResponse({ status: 200, type: OperationDto })
  @ApiProblems(404)
  async find(@Param() { id }: KeyParams) {
    return operationView(await this.reports.find(id));
  }

  @Get(':id/history')
  @ApiOperation({
    summary: 'How an operation went: attempts, failures, timings',
    description: "Read from Temporal's history, for as long as Temporal keeps it.",
  })
  @ZodResponse({ status: 200, type: HistoryDto })
  @ApiProblems(404, 503)
  async history(@Param() { id }: KeyParams) {
    return await this.reports.history(id);
  }
}

function csvFile(batches: AsyncIterable<OperationEntity[]>): StreamableFile {
  return new StreamableFile(csvOf(batches), {
    type: 'text/csv; charset=utf-8; header=present',
    disposition: 'attachment; filename="provisioning-report.csv"',
  });
}

function wantsCsv(query: ReportQuery, request: Request): boolean {
  if (query.format) return query.format === 'csv';
  return request.accepts(['application/json', 'text/csv']) === 'text/csv';
}

function before(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const position = positionOf(cursor);
  if (position === undefined) {
    throw new ProblemException(400, 'invalid-request', 'The cursor is none that this report has given.', [
      { pointer: '/cursor', message: 'Send the nextCursor of the page before, as it is.' },
    ]);
  }
  return position;
}
