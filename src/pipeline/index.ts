/** The one path from the spool to the archive. */
export { admit, admitFile, isWaiting, type Admitted, type Stations } from './admit.ts'
