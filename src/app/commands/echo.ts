/** One C-ECHO, told as a result instead of thrown. */
import { requestAssociation } from '../../association/index.ts'
import { Fault, type FaultCode } from '../../base/index.ts'
import { toUID } from '../../standards/dicom/index.ts'

export interface EchoResult {
  readonly ok: boolean
  readonly ms: number
  readonly code?: FaultCode
  readonly action?: string
}

export async function echo(to: {
  readonly host: string
  readonly port: number
  readonly callingAETitle: string
  readonly calledAETitle: string
}): Promise<EchoResult> {
  const from = performance.now()
  const ms = () => Math.round(performance.now() - from)
  try {
    const association = await requestAssociation({
      ...to,
      contexts: [{ abstractSyntaxUID: toUID('1.2.840.10008.1.1'), transferSyntaxUIDs: [toUID('1.2.840.10008.1.2')] }],
      timeoutMs: 5000,
    })
    const status = await association.echo()
    await association.release()
    return { ok: status === 0, ms: ms() }
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('internal', {}, error)
    return { ok: false, ms: ms(), code: fault.code, action: fault.action }
  }
}
