/** The embedded PostgreSQL: what stands in for a database server where the hospital has not given one. */
export { runningDatabase, startPostgres, type Postgres } from './launch.ts'
export { packagedPrograms } from './places.ts'
