/** The configuration for a command: read, or every mistake told and the command ended with 2. */
import { join } from 'node:path'
import { readConfig, type Config, type Mistake } from '../config/index.ts'

export const mistakeLine = ({ file, line, column, message }: Mistake): string => `${file}:${line}:${column}: ${message}`

/** where editors find the schema that comes with this version */
export const SCHEMA_FILE = join(import.meta.dirname, '../../../sluice.schema.json')

/** @returns undefined after the mistakes have been told and the exit code set */
export function configurationOr2(file: string): Config | undefined {
  const { config, mistakes } = readConfig(file)
  for (const mistake of mistakes) console.error(mistakeLine(mistake))
  if (!config) process.exitCode = 2
  return config
}
