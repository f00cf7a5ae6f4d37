/** The embedded PostgreSQL: what stands in for a database server where the hospital has not given one. */
export { startPostgres, type Postgres } from './launch.ts'
