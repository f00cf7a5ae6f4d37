/**
 * Listening sockets that outlive the relays: the supervisor binds them and hands them on. It never polls them itself, so
 * it accepts nothing; while it holds them, connections made when no relay runs wait in the kernel's queue.
 */
import net from 'node:net'
import { Fault } from '../../base/index.ts'

/** A bound socket, as `child.send(message, handle)` takes it. */
export interface ListeningSocket {
  readonly handle: net.Server
  readonly port: number
  close(): void
}

/** The part of Node's own TCP handle that is used here; `net` makes it for `cluster` in the same way. */
interface TcpHandle {
  getsockname(into: { port?: number }): number
  close(): void
}

interface NetInternals {
  _createServerHandle(host: string, port: number, family: 4 | 6): TcpHandle | number
}

/**
 * @param port 0 for any free one
 * @throws Fault 'port-taken'
 */
export function bindListeningSocket(host: string, port: number): ListeningSocket {
  const handle = (net as unknown as NetInternals)._createServerHandle(host, port, host.includes(':') ? 6 : 4)
  if (typeof handle === 'number') throw new Fault('port-taken', { port, errno: -handle })
  const name: { port?: number } = {}
  // a bind that failed is told only here: libuv keeps EADDRINUSE back
  const failed = handle.getsockname(name)
  if (failed) {
    handle.close()
    throw new Fault('port-taken', { port, errno: -failed })
  }
  // child.send declares only the public kinds of handle
  return { handle: handle as unknown as net.Server, port: name.port ?? port, close: () => handle.close() }
}
