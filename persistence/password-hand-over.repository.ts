import type { DataSource } from 'typeorm';

/** A workflow that the API owes to Temporal: operations that were committed and belong to no run yet. */
export type RunToStart =
  | {
      kind: 'set-password';
      workflowId: string;
      person: string;
      request: string;
      expiresAt: Date;
      envelopes: { id: string; directory: string; operationId: string }[];
    }
  | { kind: 'send-reset-mail'; workflowId: string; person: string; operationId: string; to: string };

/** The way of chosen passwords and asked-for mails to Temporal. The database is the queue. */
export class PasswordHandOverRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What no run has begun, the oldest first; or only one workflow's. */
  async toStart(limit: number, workflowId?: string): Promise<RunToStart[]> {
    const rows: NotStarted[] = await this.dataSource.query(NOT_STARTED, [limit, workflowId ?? null]);
    return rows.map((row) => {
      const { workflow_id, kind, person_uuid: person, operations, expires_at } = row;
      const [first] = operations;
      if (kind === 'send-reset-mail') {
        return { kind, workflowId: workflow_id, person, operationId: first?.id ?? '', to: first?.detail.to ?? '' };
      }
      return {
        kind,
        workflowId: workflow_id,
        person,
        request: first?.detail.request ?? '',
        expiresAt: expires_at,
        envelopes: operations.map(({ id, application, detail }) => ({
          id: detail.envelopeId ?? '',
          directory: application,
          operationId: id,
        })),
      };
    });
  }

  /** Notes the run that a workflow's operations belong to now. */
  async started(workflowId: string, runId: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE operation SET run_id = $2
        WHERE workflow_id = $1 AND run_id = '' AND outcome IN ('planned', 'waiting')`,
      [workflowId, runId],
    );
  }

  /** The workflows that still carry an earlier password of the person. */
  async earlierRuns(person: string, workflowId: string): Promise<string[]> {
    const rows: { workflow_id: string }[] = await this.dataSource.query(
      `SELECT DISTINCT workflow_id FROM operation
        WHERE person_uuid = $1 AND kind = 'set-password' AND outcome IN ('planned', 'waiting') AND run_id <> ''
          AND position < (SELECT min(position) FROM operation WHERE workflow_id = $2 AND person_uuid = $1)`,
      [person, workflowId],
    );
    return rows.map((row) => row.workflow_id);
  }

  /**
   * Destroys sealed passwords whose time was over a while ago. Their workflow does so by itself; this is for one that
   * somebody terminated, or that Temporal lost. Returns how many.
   */
  async destroyExpired(graceMs: number): Promise<number> {
    const [rows]: [unknown[], number] = await this.dataSource.query(DESTROY_EXPIRED, [graceMs]);
    return rows.length;
  }
}

interface NotStarted {
  workflow_id: string;
  kind: RunToStart['kind'];
  person_uuid: string;
  expires_at: Date;
  operations: {
    id: string;
    application: string;
    detail: { to?: string; request?: string; envelopeId?: string };
  }[];
}

/** Without its envelope (a newer choice deleted it) a password has a day to come to its end. */
const NOT_STARTED = `
  SELECT o.workflow_id, o.kind, o.person_uuid,
         coalesce(max(e.expires_at), max(o.planned_at) + interval '1 day') AS expires_at,
         jsonb_agg(jsonb_build_object('id', o.id, 'application', o.application, 'detail', o.detail) ORDER BY o.position)
           AS operations
    FROM operation AS o LEFT JOIN password_envelope AS e ON e.operation_id = o.id
   WHERE o.run_id = '' AND o.outcome = 'planned' AND o.kind IN ('set-password', 'send-reset-mail')
     AND ($2::text IS NULL OR o.workflow_id = $2)
   GROUP BY o.workflow_id, o.kind, o.person_uuid
   ORDER BY min(o.planned_at)
   LIMIT $1`;

const DESTROY_EXPIRED = `
  WITH expired AS (
    DELETE FROM password_envelope WHERE expires_at < now() - $1 * interval '1 millisecond' RETURNING operation_id)
  UPDATE operation
     SET outcome = 'failed', finished_at = now(),
         reason = 'The sealed password expired before the directory took it. Choose a password again.'
   WHERE id IN (SELECT operation_id FROM expired) AND outcome IN ('planned', 'waiting')
   RETURNING id`;
