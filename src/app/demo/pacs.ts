/** The demo's archive: accepts what its devices send, counts it, keeps nothing. */
import { acceptAssociations } from '../../association/index.ts'

export interface DemoPacs {
  readonly port: number
  received(): number
  close(): Promise<void>
}

/** @param port 0 for any free one; loopback only */
export async function startDemoPacs({ port }: { readonly port: number }): Promise<DemoPacs> {
  let received = 0
  const server = await acceptAssociations({
    host: '127.0.0.1',
    port,
    onStore: async (_request, dataSet) => {
      for await (const _piece of dataSet);
      received++
      return { status: 0x0000 }
    },
  })
  return { port: server.port, received: () => received, close: () => server.close() }
}
