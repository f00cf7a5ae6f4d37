/** The accepting side: verification and storage, for what we call an archive ourselves. */
import { createServer, type Socket } from 'node:net'
import {
  associateFields,
  encodePdu,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  readProposal,
  transferSyntax,
  type AnsweredContext,
  type Command,
  type PdvPiece,
  type Proposal,
} from '../standards/dicom/index.ts'
import { Connection } from './connection.ts'
import { CommandAssembler, MAXIMUM_LENGTH, sendMessage } from './messages.ts'
import { PieceStream } from './piece-stream.ts'

export interface StoreRequest {
  readonly SOPClassUID: string
  readonly SOPInstanceUID: string
  readonly transferSyntaxUID: string
  readonly callingAETitle: string
}

export interface AcceptorOptions {
  readonly host: string
  /** 0 for any free one */
  readonly port: number
  /** @returns the status to answer with (PS3.4 §B.2.3), once the data set was read to its end */
  onStore(request: StoreRequest, dataSet: AsyncIterable<Uint8Array>): Promise<{ readonly status: number }>
}

const SUCCESS = 0x0000
const PROCESSING_FAILURE = 0x0110
const UNRECOGNIZED_OPERATION = 0x0211

/** Listens and serves; every abstract syntax is accepted in the first transfer syntax that Sluice reads. */
export async function acceptAssociations(
  options: AcceptorOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    void serve(socket, options)
  })
  await new Promise<void>((done, fail) => server.once('error', fail).listen(options.port, options.host, done))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

async function serve(socket: Socket, options: AcceptorOptions): Promise<void> {
  const assembler = new CommandAssembler()
  let proposal: Proposal | undefined
  let contexts: readonly AnsweredContext[] = []
  let stream: PieceStream | undefined

  const answer = (context: number, command: Command) =>
    sendMessage(connection, context, proposal?.maximumLength ?? 0, command)
  const begin = (piece: PdvPiece, command: Command): Promise<void> | undefined => {
    const { SOPClassUID = '', SOPInstanceUID = '', messageID } = command
    const response = {
      CommandField: command.CommandField | 0x8000,
      messageID,
      hasDataSet: false,
      SOPClassUID,
      ...(SOPInstanceUID ? { SOPInstanceUID } : {}),
    }
    if (command.CommandField === 0x0030) return answer(piece.presentationContextID, { ...response, Status: SUCCESS })
    if (command.CommandField !== 0x0001)
      return answer(piece.presentationContextID, { ...response, Status: UNRECOGNIZED_OPERATION })
    const context = contexts.find(({ presentationContextID }) => presentationContextID === piece.presentationContextID)
    const incoming = (stream = new PieceStream())
    const request = {
      SOPClassUID,
      SOPInstanceUID,
      transferSyntaxUID: context?.transferSyntaxUID ?? '',
      callingAETitle: proposal?.callingAETitle ?? '',
    }
    void options
      .onStore(request, incoming)
      .catch(() => ({ status: PROCESSING_FAILURE }))
      .then(({ status }) => answer(piece.presentationContextID, { ...response, Status: status }))
      .catch(() => {})
    return undefined
  }

  const connection: Connection = new Connection(socket, 'acceptor', {
    proposed: ({ fields }) => {
      proposal = readProposal(fields)
      contexts = proposal.contexts.map(accepted)
      const identity = {
        ...proposal,
        maximumLength: MAXIMUM_LENGTH,
        implementationClassUID: IMPLEMENTATION_CLASS_UID,
        implementationVersionName: IMPLEMENTATION_VERSION_NAME,
      }
      void connection.happen('Evt7', { send: encodePdu('A-ASSOCIATE-AC', associateFields(identity, contexts)) })
    },
    data: async (piece) => {
      if (!piece.command) {
        await stream?.push(Uint8Array.from(piece.bytes), piece.last)
        return
      }
      const command = assembler.add(piece)
      if (command) await begin(piece, command)
    },
    aborted: () => stream?.fail(),
  })
  await connection.happen('Evt5')
  await connection.ended
  stream?.fail()
}

function accepted({ presentationContextID, transferSyntaxUIDs }: Proposal['contexts'][number]): AnsweredContext {
  const chosen = transferSyntaxUIDs.find((uid) => transferSyntax(uid))
  return { presentationContextID, result: chosen ? 0 : 4, transferSyntaxUID: chosen ?? transferSyntaxUIDs[0] ?? '' }
}
