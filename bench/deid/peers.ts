/** The same files through other de-identifiers, one instance at a time, as a proxy would: file name in, file name out. */
import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { versionOf } from '../measure.ts'
import { curate, deidentifier } from './javascript-peers.ts'

export interface Peer {
  readonly name: string
  readonly present: () => boolean
  /** where it says one */
  readonly version?: () => string
  /** writes what it makes of `files` (names in `input`) under the same names into `output` */
  run(input: string, files: readonly string[], output: string): Promise<void>
}

const PIXELMED = '/usr/share/java/pixelmed.jar'

export const PEERS: readonly Peer[] = [
  {
    name: 'Orthanc',
    present: () => existsSync('/usr/sbin/Orthanc') || existsSync('/usr/bin/Orthanc'),
    version: () => versionOf('Orthanc'),
    run: orthanc,
  },
  {
    name: 'gdcmanon',
    present: () => existsSync('/usr/bin/gdcmanon'),
    version: () => versionOf('gdcmanon'),
    run: gdcmanon,
  },
  {
    name: 'pydicom',
    present: () => spawnSync('/usr/bin/python3', ['-c', 'import pydicom']).status === 0,
    run: pydicom,
  },
  { name: 'PixelMed', present: () => existsSync(PIXELMED), run: pixelMed },
  curate,
  deidentifier,
]

/** gdcmanon seals the originals for whoever has the key; here nobody has */
function gdcmanon(input: string, files: readonly string[], output: string): Promise<void> {
  const certificate = join(output, '.certificate.pem')
  spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    '/dev/null',
    '-out',
    certificate,
    '-subj',
    '/CN=bench',
  ])
  for (const file of files)
    spawnSync('gdcmanon', ['-e', '-c', certificate, join(input, file), join(output, file)], { stdio: 'ignore' })
  rmSync(certificate, { force: true })
  return Promise.resolve()
}

/** what its documentation shows: persons replaced by a callback, a few elements by name, private ones removed */
const SCRIPT = `
import sys, os, pydicom
src, dst = sys.argv[1:3]
for f in sys.stdin.read().split():
    try:
        d = pydicom.dcmread(os.path.join(src, f))
        def persons(ds, e):
            if e.VR == "PN": e.value = "anonymous"
        d.walk(persons)
        for n in ["PatientID"]:
            if n in d: setattr(d, n, "id")
        for n in ["OtherPatientIDs", "OtherPatientIDsSequence"]:
            if n in d: delattr(d, n)
        if "PatientBirthDate" in d: d.PatientBirthDate = ""
        d.remove_private_tags()
        d.save_as(os.path.join(dst, f))
    except Exception: pass
`
function pydicom(input: string, files: readonly string[], output: string): Promise<void> {
  spawnSync('/usr/bin/python3', ['-c', SCRIPT, input, output], {
    input: files.join('\n'),
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  return Promise.resolve()
}

/** its command names the outputs itself, so each file has a folder of its own */
function pixelMed(input: string, files: readonly string[], output: string): Promise<void> {
  const empty = join(output, '.control')
  writeFileSync(empty, '')
  const jars = readdirSync('/usr/share/java').filter((name) =>
    /pixelmed|hsqldb|commons-(codec|compress|net)|jai|vecmath|opencsv|jmdns|javax.json|freetts/.test(name),
  )
  const path = jars.map((name) => `/usr/share/java/${name}`).join(':')
  for (const file of files) {
    const [from, to] = [mkdtempSync(join(tmpdir(), 'pm-in-')), mkdtempSync(join(tmpdir(), 'pm-out-'))]
    copyFileSync(join(input, file), join(from, file))
    spawnSync(
      'java',
      ['-XX:TieredStopAtLevel=1', '-cp', path, 'com.pixelmed.apps.DeidentifyAndRedact', from, to, empty, 'BLOCK'],
      {
        stdio: 'ignore',
        timeout: 60_000,
      },
    )
    const [made] = readdirSync(to, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    if (made) copyFileSync(join(made.parentPath, made.name), join(output, file))
    for (const folder of [from, to]) rmSync(folder, { recursive: true, force: true })
  }
  rmSync(empty, { force: true })
  return Promise.resolve()
}

async function orthanc(input: string, files: readonly string[], output: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'orthanc-'))
  const port = await freePort()
  writeFileSync(
    join(folder, 'orthanc.json'),
    JSON.stringify({
      StorageDirectory: folder,
      IndexDirectory: folder,
      HttpPort: port,
      DicomServerEnabled: false,
      AuthenticationEnabled: false,
      Plugins: [],
    }),
  )
  const child = spawn(
    existsSync('/usr/sbin/Orthanc') ? '/usr/sbin/Orthanc' : 'Orthanc',
    [join(folder, 'orthanc.json')],
    { stdio: 'ignore' },
  )
  const url = `http://127.0.0.1:${port}`
  try {
    for (let tries = 0; tries < 300; tries++) {
      if (
        await fetch(`${url}/system`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break
      await new Promise((done) => setTimeout(done, 100))
    }
    for (const file of files) {
      const sent = await fetch(`${url}/instances`, {
        method: 'POST',
        body: new Uint8Array(readFileSync(join(input, file))),
      })
      const { ID } = sent.ok ? ((await sent.json()) as { ID?: string }) : {}
      if (!ID) continue
      const made = await fetch(`${url}/instances/${ID}/anonymize`, { method: 'POST', body: '{}' })
      if (made.ok) writeFileSync(join(output, file), new Uint8Array(await made.arrayBuffer()))
      await fetch(`${url}/instances/${ID}`, { method: 'DELETE' })
    }
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}

/** a folder that is there and empty */
export function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
