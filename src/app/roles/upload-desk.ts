/** Uploads come over a Unix socket that only this machine's Sluice can open: no identified byte is kept in research. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { chmodSync, rmSync } from 'node:fs'
import { Fault, log } from '../../base/index.ts'
import { leftUploads, takeUpload, type Settlement, type Upload } from '../../clinical/spool/index.ts'
import { admitFile, settlementOf, type Admitted, type Stations } from '../../pipeline/index.ts'
import { LIMITS } from '../../standards/dicom/index.ts'

export interface Desk {
  /** of the spool */
  readonly folder: string
  readonly key: Uint8Array
  stations(): Stations
  settled(settlement: Settlement): void
}

/** What was left when everything stopped takes the path first. */
export async function serveUploads(socketPath: string, desk: Desk): Promise<void> {
  for (const upload of await leftUploads(desk.folder, desk.key))
    await along(upload, desk).catch((error: unknown) => log.warn('an upload waits', { ref: upload.ref }, error))
  rmSync(socketPath, { force: true })
  const server = createServer((request, response) => void answer(request, response, desk))
  await new Promise<void>((done, fail) => server.once('error', fail).listen(socketPath, done))
  chmodSync(socketPath, 0o600)
}

async function answer(request: IncomingMessage, response: ServerResponse, desk: Desk): Promise<void> {
  const project = new URL(request.url ?? '/', 'http://local').searchParams.get('project') ?? ''
  try {
    const { folder, key } = desk
    const upload = await takeUpload(folder, project, request, { key, mostBytes: LIMITS.uploadBytes.value })
    give(response, 200, outcomeOf(await along(upload, desk)))
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('internal', {}, error)
    log.warn('an upload was not taken', {}, error)
    // what is still being sent is read and dropped, so that the answer can be heard
    request.resume()
    give(response, 200, { outcome: 'refused', code: fault.code })
  }
}

async function along(upload: Upload, desk: Desk): Promise<Admitted> {
  let admitted: Admitted
  try {
    admitted = await admitFile(upload.source, upload.project, desk.stations())
  } catch (error) {
    // a store is away: the uploader hears it and sends again, so nothing is kept
    await upload.settle('refused')
    throw error
  }
  if (admitted.outcome === 'refused') await upload.settle('refused')
  else {
    const settlement = settlementOf([admitted])
    await upload.settle(settlement)
    desk.settled(settlement)
  }
  return admitted
}

const give = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

function outcomeOf(admitted: Admitted): object {
  if ('code' in admitted) {
    const { outcome, code, path, offset } = admitted
    return { outcome, code, path, offset }
  }
  if (!admitted.instance) return { outcome: admitted.outcome }
  const { SOPClassUID, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID } = admitted.instance
  return { outcome: admitted.outcome, SOPClassUID, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID }
}
