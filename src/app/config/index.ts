/** sluice.yaml: its schema, its reading, its first writing. */
export { configSchema, jsonSchema, splitAddress, type Config, type LinkConfig } from './schema.ts'
export { parseConfig, readConfig, type Mistake, type ReadConfig } from './read.ts'
export { demoConfig, hospitalConfig } from './write.ts'
