/** sluice.yaml: its schema, its reading, its first writing. */
export { configSchema, jsonSchema, splitAddress, type Config, type LinkConfig } from './schema.ts'
export { HOME_BYTES, parseConfig, readConfig, type ReadConfig } from './read.ts'
export { type Mistake } from './document.ts'
export { parseProfile, readProfile, readReleaseRule, type ReadProfile, type ReadReleaseRule } from './profile-file.ts'
export { releaseRuleSchema } from './profile-schema.ts'
export { demoConfig, hospitalConfig } from './write.ts'
export { readUnification, type ReadUnification } from './unification.ts'
