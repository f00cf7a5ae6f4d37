/** The gate's reports, page by page: a period may hold millions. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from './schema.ts'

export interface ReportsQuery {
  readonly project: string
  /** YYYY-MM-DD */
  readonly from: string
  readonly to: string
}

const PAGE = 1000

export async function* reportsOf(
  db: Kysely<Tables>,
  { project, from, to }: ReportsQuery,
): AsyncGenerator<{ report: string; study_uid: string }> {
  for (let after = ''; ;) {
    const page = await db
      .selectFrom('instance')
      .innerJoin('study', 'study.uid', 'instance.study_uid')
      .select(['instance.uid', 'instance.report', 'instance.study_uid'])
      .where('study.project', '=', project)
      .where(sql<boolean>`instance.archived_at >= ${from}::date and instance.archived_at < ${to}::date + 1`)
      .where('instance.uid', '>', after)
      .orderBy('instance.uid')
      .limit(PAGE)
      .execute()
    for (const { report, study_uid } of page) yield { report, study_uid }
    if (page.length < PAGE) return
    after = page[page.length - 1]?.uid ?? ''
  }
}
