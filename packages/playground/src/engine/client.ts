/** The page's side of the engine. */
import type { Compiled, CompileRequest, Request, Response } from '../protocol.ts'

/** A worker, or a port. */
interface Channel {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(request: Request): void
}

/** Thrown for a fault of the engine, which is never the visitor's. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault'
}

/** What the page asks of the engine. Each method resolves to undefined if a newer request of its kind came in between. */
export interface Engine {
  /** @throws EngineFault */
  compile(request: Omit<CompileRequest, 'kind' | 'id'>): Promise<Compiled | undefined>
}

/** Connects to `serve` at the other end. */
export function connect(channel: Channel): Engine {
  let last = 0
  const pending = new Map<Request['kind'], { readonly id: number; readonly settle: (response?: Response) => void }>()
  channel.onmessage = ({ data }: MessageEvent<Response>) => {
    for (const [kind, { id, settle }] of pending)
      if (id === data.id) {
        pending.delete(kind)
        settle(data)
      }
  }
  const ask = (request: Omit<CompileRequest, 'id'>): Promise<Response | undefined> => {
    pending.get(request.kind)?.settle()
    const id = ++last
    return new Promise((resolve, reject) => {
      const settle = (response?: Response): void => {
        if (response?.kind === 'failed') reject(new EngineFault(response.message))
        else resolve(response)
      }
      pending.set(request.kind, { id, settle })
      channel.postMessage({ ...request, id })
    })
  }
  return {
    compile: async request => {
      const response = await ask({ kind: 'compile', ...request })
      return response?.kind === 'compiled' ? response.compiled : undefined
    },
  }
}
