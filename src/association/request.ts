/** The requesting side of an association. */
import { connect, type Socket } from 'node:net'
import { Fault } from '../base/index.ts'
import {
  associateFields,
  encodePdu,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  readAnswer,
  type AnsweredContext,
  type UID,
} from '../standards/dicom/index.ts'
import { Connection } from './connection.ts'
import { CommandAssembler, MAXIMUM_LENGTH, sendMessage } from './messages.ts'

export interface AssociationRequest {
  readonly host: string
  readonly port: number
  readonly callingAETitle: string
  readonly calledAETitle: string
  readonly contexts: readonly { readonly abstractSyntaxUID: UID; readonly transferSyntaxUIDs: readonly UID[] }[]
  /** for connecting, and for each answer */
  readonly timeoutMs: number
}

export interface Association {
  /** as the peer answered; `abstractSyntaxUID` as we proposed */
  readonly contexts: readonly (AnsweredContext & { readonly abstractSyntaxUID: string })[]
  /** C-ECHO (PS3.7 §9.1.5); @returns the peer's status */
  echo(): Promise<number>
  /** C-STORE (PS3.7 §9.1.1); the data set in the given transfer syntax, without file meta information */
  store(instance: {
    readonly SOPClassUID: UID
    readonly SOPInstanceUID: UID
    readonly transferSyntaxUID: UID
    readonly dataSet: Iterable<Uint8Array>
  }): Promise<{ readonly status: number }>
  release(): Promise<void>
  abort(): Promise<void>
}

const VERIFICATION = '1.2.840.10008.1.1'

/** @throws Fault 'upstream-refused', 'upstream-timeout', 'association-rejected' (with result, source, reason), 'association-lost' */
export async function requestAssociation(request: AssociationRequest): Promise<Association> {
  const socket = await connected(request)
  const assembler = new CommandAssembler()
  const waiting = new Map<number, (status: number) => void>()
  const answered = Promise.withResolvers<ReturnType<typeof readAnswer>>()
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => {})

  const connection = new Connection(socket, 'requestor', {
    accepted: ({ fields }) => answered.resolve(readAnswer(fields)),
    rejected: ({ fields }) =>
      answered.reject(
        new Fault('association-rejected', {
          result: Number(fields.result),
          source: Number(fields.source),
          reason: Number(fields.reason),
        }),
      ),
    data: (piece) => {
      const command = piece.command ? assembler.add(piece) : undefined
      if (command?.Status !== undefined) waiting.get(command.messageID)?.(command.Status)
    },
    aborted: () => lost.reject(new Fault('association-lost')),
  })
  void connection.ended.then(() => lost.reject(new Fault('association-lost')))

  const within = async <T>(promise: Promise<T>): Promise<T> => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      socket.destroy()
      late.reject(new Fault('upstream-timeout', { timeoutMs: request.timeoutMs }))
    }, request.timeoutMs)
    try {
      return await Promise.race([promise, lost.promise, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  const proposed = request.contexts.map((context, at) => ({ presentationContextID: at * 2 + 1, ...context }))
  const identity = {
    ...request,
    maximumLength: MAXIMUM_LENGTH,
    implementationClassUID: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
  }
  await connection.happen('Evt2', { send: encodePdu('A-ASSOCIATE-RQ', associateFields(identity, proposed)) })
  const answer = await within(answered.promise)
  const contexts = answer.contexts.map((context) => ({
    ...context,
    abstractSyntaxUID:
      proposed.find(({ presentationContextID }) => presentationContextID === context.presentationContextID)
        ?.abstractSyntaxUID ?? '',
  }))

  let messageID = 0
  const operation = async (
    abstractSyntaxUID: string,
    transferSyntaxUID: string | undefined,
    command: { CommandField: number; SOPInstanceUID?: string },
    dataSet?: Iterable<Uint8Array>,
  ) => {
    const context = contexts.find(
      (c) =>
        c.result === 0 &&
        c.abstractSyntaxUID === abstractSyntaxUID &&
        (!transferSyntaxUID || c.transferSyntaxUID === transferSyntaxUID),
    )
    if (!context) throw new Fault('association-rejected', { what: 'presentation context' })
    const id = (messageID = (messageID % 65_535) + 1)
    const status = new Promise<number>((done) => waiting.set(id, done))
    const message = { ...command, messageID: id, SOPClassUID: abstractSyntaxUID, hasDataSet: dataSet !== undefined }
    await sendMessage(connection, context.presentationContextID, answer.maximumLength, message, dataSet)
    try {
      return await within(status)
    } finally {
      waiting.delete(id)
    }
  }

  return {
    contexts,
    echo: () => operation(VERIFICATION, undefined, { CommandField: 0x0030 }),
    store: async ({ SOPClassUID, SOPInstanceUID, transferSyntaxUID, dataSet }) => ({
      status: await operation(SOPClassUID, transferSyntaxUID, { CommandField: 0x0001, SOPInstanceUID }, dataSet),
    }),
    release: async () => {
      await connection.happen('Evt11', { send: encodePdu('A-RELEASE-RQ', {}) })
      await Promise.race([connection.ended, new Promise((done) => setTimeout(done, request.timeoutMs).unref())])
      socket.destroy()
    },
    abort: () => connection.happen('Evt15'),
  }
}

function connected({ host, port, timeoutMs }: AssociationRequest): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ host, port, noDelay: true })
    const timer = setTimeout(() => {
      socket.destroy()
      fail(new Fault('upstream-timeout', { timeoutMs }))
    }, timeoutMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      done(socket)
    })
    socket.once('error', (error) => {
      clearTimeout(timer)
      fail(new Fault('upstream-refused', { port }, error))
    })
  })
}
