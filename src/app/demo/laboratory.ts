/**
 * The demo's laboratory: analysers that send results of the same people whose CTs are made, each with the habits of its
 * kind, and a laboratory system that acknowledges. What is sent is a function of a number.
 */
import { connect, createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { log } from '../../base/index.ts'
import { astmFrames, CONTROL } from '../../standards/astm/index.ts'
import { encode } from '../../standards/character-sets/index.ts'
import { code, controlId, frame, MllpDeframer, readMessage } from '../../standards/hl7/index.ts'
import { examination, type Examination } from './patients.ts'

const PEOPLE = 12

export interface LaboratoryMessages {
  /** of a haematology analyser, a chemistry analyser and one that knows tubes alone, in original mode */
  readonly hl7: readonly Buffer[]
  /** of a glucose analyser: the records of one session */
  readonly astm: Buffer
}

/** @param number from 0; @param person whose results they are; default: that of `examination(number)` */
export function laboratoryMessages(number: number, person = examination(number % PEOPLE)): LaboratoryMessages {
  const at = `${person.studyDate}${person.studyTime}`
  return { hl7: [haematology(person, at), chemistry(person, at), tubesAlone(person, at)], astm: glucose(person, at) }
}

/** declares UNICODE and writes CP1251; `10^9/L` unescaped; decimal commas; a LOINC code whose check digit is wrong */
function haematology(person: Examination, at: string): Buffer {
  const white = comma(4 + (person.number % 9) * 0.7)
  return cp1251([
    `MSH|^~\\&|HEMA-5|ЛАБ|LIS|ЛАБ|${at}||ORU^R01|H${person.number}|P|2.3.1||||||UNICODE`,
    pid(person),
    `PV1|1|I|${person.bodyPart === 'HEAD' ? 'ICU' : 'Терапия'}^2`,
    `OBR|1||${barcode(person)}|00001^Automated Count^99MRC|||${at}`,
    `OBX|1|NM|6790-2^WBC^LN||${white}|10^9/L|4,00-9,00|${person.number % 3 === 0 ? 'H~A' : 'N'}|||F`,
    `OBX|2|NM|718-7^HGB^LN||${118 + step(person) * 3}|г/л|117-155|N|||F`,
    `OBX|3|NM|20570-8^HCT^LN||0,431||0,370-0,540|N|||F`,
    `OBX|4|NM|^PLT^||${180 + step(person) * 7}|10^9/л|180 - 320|N|||F`,
  ])
}

/** local codes first, LOINC beside them; units as the laboratory writes them */
function chemistry(person: Examination, at: string): Buffer {
  return Buffer.from(
    lines([
      `MSH|^~\\&|CHEM-200|LAB|LIS|LAB|${at}||ORU^R01^ORU_R01|C${person.number}|P|2.5||||||UNICODE UTF-8`,
      pid(person),
      `OBR|1|${person.accessionNumber}|${barcode(person)}|BIO^Биохимия^99LAB|||${at}|||||||||${person.referringPhysician}`,
      `OBX|1|NM|CREA^Креатинин^99LAB^2160-0^Creatinine^LN||${70 + step(person) * 4},5|мкмоль/л|62-115|N|||F|||${at}`,
      `OBX|2|NM|GLU^Глюкоза^99LAB^2345-7^Glucose^LN||5,${person.number % 10}|ммоль/л|4.1-5.9|N|||F`,
      `OBX|3|ST|CRP^С-реактивный белок^99LAB||<5|мг/л|до 5|N|||F`,
      `NTE|1|L|Проба слегка гемолизирована`,
    ]),
  )
}

/** no PID: the barcode of the tube is all it knows */
function tubesAlone(person: Examination, at: string): Buffer {
  return Buffer.from(
    lines([
      `MSH|^~\\&|COAG|LAB|LIS|LAB|${at}||ORU^R01|T${person.number}|P|2.3.1`,
      `OBR|1||${barcode(person)}|COAG^Coagulation^99LAB|||${at}`,
      `OBX|1|NM|5902-2^PT^LN||12.${person.number % 10}|s|9.4-12.5||||F`,
      `OBX|2|NM|6301-6^INR^LN||1.0${person.number % 10}|||N|||F`,
    ]),
    'latin1',
  )
}

function glucose(person: Examination, at: string): Buffer {
  return cp1251([
    `H|\\^&|||GLU-1^1.02^4711|||||||P|1394-97|${at}`,
    `P|1|${person.patientID}|||${person.patientName}||${person.birthDate}|${person.sex}`,
    `O|1|${barcode(person)}||^^^GLU|R`,
    `R|1|^^^GLU|5,${person.number % 10}|ммоль/л|4,1^5,9|N||F||||${at}`,
    `L|1|N`,
  ])
}

const pid = ({ patientID, patientName, birthDate, sex }: Examination): string =>
  `PID|1||${patientID}^^^БОЛЬНИЦА^MR||${patientName}||${birthDate}|${sex}`
/** values of people stay those of people, however many there are */
const step = ({ number }: Examination): number => number % 40
const barcode = ({ number }: Examination): string => String(40_155 + number * 3)
const comma = (value: number): string => value.toFixed(1).replace('.', ',')
const lines = (segments: readonly string[]): string => segments.map((one) => `${one}\r`).join('')
const cp1251 = (segments: readonly string[]): Buffer => Buffer.from(encode(lines(segments), 'windows-1251') ?? [])

/** A laboratory system that acknowledges every message and every ASTM frame. */
export async function startDemoLaboratory({
  port,
  host = '127.0.0.1',
  protocol,
}: {
  readonly port: number
  readonly host?: string
  readonly protocol: 'mllp' | 'astm'
}): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer((socket) => {
    const deframer = new MllpDeframer()
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      if (protocol === 'mllp') {
        for (const piece of deframer.feed(chunk)) if (piece.type === 'frame') socket.write(answerTo(piece.bytes))
      } else if (chunk[0] === CONTROL.ENQ || chunk.at(-1) === CONTROL.LF) socket.write(Buffer.of(CONTROL.ACK))
    })
  })
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, host, done))
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((done) => server.close(() => done())),
  }
}

function answerTo(bytes: Buffer): Buffer {
  const message = readMessage(bytes)
  const [type, id] = [code(message, 'MSH.9.2'), controlId(message)]
  return frame(Buffer.from(`MSH|^~\\&|LIS|LAB|||20260901||ACK^${type}|A${id}|P|2.5\rMSA|AA|${id}\r`))
}

/** Analysers that send on and on, a person at a time: HL7 over one connection kept open, ASTM a session a connection. */
export function startDemoAnalysers({
  mllpPort,
  astmPort,
  everyMs = 15_000,
}: {
  readonly mllpPort: number
  readonly astmPort: number
  readonly everyMs?: number
}): { stop(): void } {
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    for (let number = 0; !stopping.signal.aborted; number++) {
      const { hl7, astm } = laboratoryMessages(number)
      const session = [Buffer.of(CONTROL.ENQ), ...astmFrames(astm), Buffer.of(CONTROL.EOT)]
      await converse(mllpPort, hl7.map(frame), hl7.length).catch(told(number))
      await converse(astmPort, session, session.length - 1).catch(told(number))
      await pause(number < PEOPLE ? 500 : everyMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  void run()
  return { stop: () => stopping.abort() }
}

const ANSWER_MS = 5000
const told = (number: number) => (error: unknown) => log.warn('a demo analyser could not send', { number }, error)

/** Sends one after the other, as analysers do, and waits for an answer to each of the first `answered`. */
async function converse(port: number, pieces: readonly Buffer[], answered: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer')))
  await once(socket, 'connect')
  for (const [at, piece] of pieces.entries()) {
    socket.write(piece)
    if (at < answered) await once(socket, 'data')
  }
  socket.end().resume()
  await once(socket, 'close')
}
