/** Asks the running worker about quarantine: what the operator's page and `sluice quarantine` share. */
import { request as httpRequest } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { Fault, FAULTS, type FaultCode } from '../base/index.ts'
import type { ReleaseRule } from '../deidentify/index.ts'
import type { QuarantineEntry, QuarantineOutcome, QuarantinePreview } from '../clinical/operate/index.ts'

export interface QuarantineClient {
  list(): Promise<readonly QuarantineEntry[]>
  /** @throws Fault 'not-found', 'not-running' */
  show(ref: string): Promise<QuarantinePreview>
  redo(ref: string, by: string): Promise<QuarantineOutcome>
  /** @throws Fault 'config-invalid' where the rule and the project's profile contradict each other */
  release(ref: string, by: string, reason: string, rule: ReleaseRule): Promise<QuarantineOutcome>
  reject(ref: string, by: string, reason: string): Promise<QuarantineOutcome>
}

/** @param socketPath the worker's */
export function quarantineClient(socketPath: string): QuarantineClient {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await new Promise<{ status: number; text: string }>((done, fail) => {
      const outgoing = httpRequest({ socketPath, method, path }, (response) => {
        textOf(response).then((text) => done({ status: response.statusCode ?? 0, text }), fail)
      })
      outgoing.on('error', (error) => fail(new Fault('not-running', {}, error)))
      outgoing.end(body ? JSON.stringify(body) : undefined)
    })
    const json = JSON.parse(answer.text) as T & { code?: string; where?: Record<string, string> }
    if (answer.status === 200) return json
    throw new Fault(json.code && json.code in FAULTS ? (json.code as FaultCode) : 'internal', json.where)
  }
  const at = (ref: string) => `/${encodeURIComponent(ref)}`
  return {
    list: async () => (await ask<{ quarantine: readonly QuarantineEntry[] }>('GET', '/')).quarantine,
    show: (ref) => ask('GET', at(ref)),
    redo: (ref, by) => ask('POST', `${at(ref)}/redo`, { by }),
    release: (ref, by, reason, rule) => ask('POST', `${at(ref)}/release`, { by, reason, rule }),
    reject: (ref, by, reason) => ask('POST', `${at(ref)}/reject`, { by, reason }),
  }
}
