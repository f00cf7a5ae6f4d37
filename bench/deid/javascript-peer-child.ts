/** One de-identifier of others behind `javascript-peers.ts`, with its basic profile and nothing retained. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import type { Asked, LibraryName } from './javascript-peers.ts'

/** a path in, a file's bytes out; throws or gives nothing where it cannot */
type Deidentify = (path: string) => Promise<Uint8Array | undefined>

/** as far as they are used here */
interface DicomCurate {
  readonly specVersion: string
  curateOne(question: object): Promise<{ readonly mappedBlob?: Blob }>
}
interface DicomDeidentifier {
  readonly BasicProfile: unknown
  readonly DicomDeidentifier: new (options: object) => { deidentify(file: Uint8Array): Uint8Array }
}

const [, , name, folder = ''] = process.argv
const library: unknown = createRequire(import.meta.url)(folder)

const LIBRARIES: Readonly<Record<LibraryName, () => Deidentify>> = {
  'dicom-curate': () => {
    const { curateOne, specVersion: version } = library as DicomCurate
    // a specification that says no more takes its defaults: the profile, descriptors cleaned
    const mappingOptions = { curationSpec: () => ({ version }) }
    return async (path) => {
      const fileInfo = { kind: 'path', fullPath: path, path: '', name: basename(path), size: statSync(path).size }
      const { mappedBlob } = await curateOne({ fileInfo, outputTarget: {}, mappingOptions })
      return mappedBlob && new Uint8Array(await mappedBlob.arrayBuffer())
    }
  },
  '@umessen/dicom-deidentifier': () => {
    const { DicomDeidentifier, BasicProfile } = library as DicomDeidentifier
    // what it reckons shifted dates from; without one it refuses what has no study time, though this profile shifts nothing
    const [getReferenceDate, getReferenceTime] = [() => new Date(0), () => new Date(0)]
    const deidentifier = new DicomDeidentifier({ profileOptions: [BasicProfile], getReferenceDate, getReferenceTime })
    // it reads the whole buffer behind an array, so the array has one of its own
    return (path) => Promise.resolve(deidentifier.deidentify(new Uint8Array(readFileSync(path))))
  },
}

const deidentify = LIBRARIES[name as LibraryName]()

// what fails after its file was answered is not the next one's failure
process.on('uncaughtException', () => {})
process.on('message', ({ from, to }: Asked) => {
  void (async () => {
    const bytes = await deidentify(from)
    if (bytes) writeFileSync(to, bytes)
  })()
    .catch(() => {})
    .then(() => process.send?.('done'))
})
