/** Projects of the configuration as the gate wants them. */
import type { GateProject } from '../../deidentify/index.ts'
import type { Config } from '../config/index.ts'

export const gateProjects = (config: Config): ReadonlyMap<string, GateProject> =>
  new Map(
    config.projects.map(({ name, profile, dates = 'removed', patientCharacteristics = false }) => [
      name,
      { name, profile, ...(profile === 'basic' ? { options: { dates, patientCharacteristics } } : {}) },
    ]),
  )
