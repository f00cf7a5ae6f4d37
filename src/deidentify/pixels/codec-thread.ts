/** The thread that decodes: what hangs or grows here is ended without harm to the gate. */
import { parentPort } from 'node:worker_threads'
import { decodeFrame, familyOf } from './codecs.ts'

export interface Order {
  readonly id: number
  readonly transferSyntaxUID: string
  readonly frame: Uint8Array
  readonly bytesPerSample: number
}

parentPort?.on('message', (order: Order) => void answer(order))

async function answer({ id, transferSyntaxUID, frame, bytesPerSample }: Order): Promise<void> {
  const family = familyOf(transferSyntaxUID)
  try {
    const decoded = family && (await decodeFrame(family, frame, bytesPerSample))
    parentPort?.postMessage({ id, decoded })
  } catch {
    // what a decoder says of broken bytes may quote them
    parentPort?.postMessage({ id })
  }
}
