/** The vault's schema, step by step. */
import type { Migration } from 'kysely/migration'

export const migrations: Record<string, Migration> = {
  '0001 keys and persons': {
    up: async (db) => {
      await db.schema
        .createTable('project_key')
        .addColumn('project', 'text', (column) => column.primaryKey())
        .addColumn('uid_key', 'bytea', (column) => column.notNull())
        .addColumn('person_key', 'bytea', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('person')
        .addColumn('project', 'text', (column) =>
          column.notNull().references('project_key.project').onDelete('cascade'),
        )
        .addColumn('identity_hash', 'bytea', (column) => column.notNull())
        .addColumn('pseudonym', 'text', (column) => column.notNull())
        .addColumn('date_shift_days', 'integer', (column) => column.notNull())
        .addColumn('sealed_identity', 'bytea', (column) => column.notNull())
        .addPrimaryKeyConstraint('person_pkey', ['project', 'identity_hash'])
        .addUniqueConstraint('person_pseudonym_key', ['project', 'pseudonym'])
        .execute()
    },
  },
}
