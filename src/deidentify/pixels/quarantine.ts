/** Pictures that a person has to look at. */
import type { PixelDecision } from '../stages.ts'

export type Quarantine = Extract<PixelDecision, { decision: 'quarantine' }>

const PATH = '(7FE0,0010)'

export const quarantine = (what: string, path = PATH): Quarantine => ({ decision: 'quarantine', what, path })
