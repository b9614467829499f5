import type { DataSource, SelectQueryBuilder } from 'typeorm';
import type { OperationKind, OperationOutcome } from '../domain/plan/operation.js';
import { OperationEntity } from './entities/operation.entity.js';

/** What the report is narrowed down to; nothing at all is everything. */
export interface ReportFilter {
  /** Part of the person's id, name, user name or mail, in any case. */
  endUser?: string;
  /** Exactly one of these directories, or `mail`. */
  application?: string[];
  operation?: OperationKind[];
  outcome?: OperationOutcome[];
  /** Finished (or, while it is open, planned) at this moment or later. */
  from?: Date;
  /** Finished or planned before this moment. */
  to?: Date;
}

/** One page, newest first. */
export interface ReportPage {
  rows: OperationEntity[];
  /** Where the next page goes on: below this position. Undefined on the last page. */
  next?: number;
}

const TIME = 'coalesce(operation.finished_at, operation.planned_at)';
const BATCH = 1_000;

/**
 * The provisioning report. It is read newest first by position, which rows keep, so that rows which arrive meanwhile
 * neither repeat nor push out what the next page shows.
 */
export class ReportRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** At most `limit` rows below the position `before`. */
  async page(filter: ReportFilter, limit: number, before?: number): Promise<ReportPage> {
    const rows = await this.query(filter, before)
      .take(limit + 1)
      .getMany();
    if (rows.length <= limit) return { rows };
    const page = rows.slice(0, limit);
    return { rows: page, next: page.at(-1)?.position };
  }

  /** All rows, batch after batch; what arrives meanwhile is not among them. Memory stays that of one batch. */
  async *batches(filter: ReportFilter): AsyncGenerator<OperationEntity[]> {
    let before: number | undefined;
    do {
      const page = await this.page(filter, BATCH, before);
      if (page.rows.length > 0) yield page.rows;
      before = page.next;
    } while (before !== undefined);
  }

  /** One row. */
  async find(id: string): Promise<OperationEntity | null> {
    return await this.dataSource.getRepository(OperationEntity).findOneBy({ id });
  }

  /** The row that tries this one again, if there is one. */
  async findRetryOf(id: string): Promise<OperationEntity | null> {
    return await this.dataSource.getRepository(OperationEntity).findOneBy({ retryOf: id });
  }

  private query(filter: ReportFilter, before?: number): SelectQueryBuilder<OperationEntity> {
    const query = this.dataSource
      .getRepository(OperationEntity)
      .createQueryBuilder('operation')
      .orderBy('operation.position', 'DESC');
    if (before !== undefined) query.andWhere('operation.position < :before', { before });
    const { endUser, application, operation, outcome, from, to } = filter;
    if (endUser) {
      query.andWhere(`operation.endUserSearch LIKE :endUser ESCAPE '\\'`, { endUser: containing(endUser) });
    }
    if (application) query.andWhere('operation.application IN (:...application)', { application });
    if (operation) query.andWhere('operation.kind IN (:...operation)', { operation });
    if (outcome) query.andWhere('operation.outcome IN (:...outcome)', { outcome });
    if (from) query.andWhere(`${TIME} >= :from`, { from });
    if (to) query.andWhere(`${TIME} < :to`, { to });
    return query;
  }
}

function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
}
