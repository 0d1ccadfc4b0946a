/** The requests that wait. One that arrives makes older ones stale, so that only what the page still needs is worked on. */
import type { Kind, Request, Response } from '../protocol.ts'
import { work } from './engine.ts'

/** The side of the engine of a channel to the page: a worker's global scope, or a port. */
export interface Channel {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(response: Response): void
}

/** The kinds of requests that a new one makes stale: its own, and for a new subject whatever was asked about the old one. */
const staleAfter: Readonly<Record<Kind, readonly Kind[]>> = {
  compile: ['compile', 'picture', 'choices', 'values'],
  picture: ['picture'],
  choices: ['choices'],
  values: ['values'],
}

/** Answers the requests that arrive on a channel, in order. */
export function serve(channel: Channel): void {
  const waiting = new Map<Kind, Request>()
  let current: { readonly request: Request; readonly working: Generator<void, Response> } | undefined
  const next = (): void => {
    if (current === undefined) {
      const [request] = waiting.values()
      if (request === undefined) return
      waiting.delete(request.kind)
      current = { request, working: work(request) }
    }
    const { done, value } = current.working.next()
    if (done) {
      current = undefined
      channel.postMessage(value)
    }
    // Messages that have arrived in the meantime are delivered first.
    if (current !== undefined || waiting.size > 0) setTimeout(next)
  }
  channel.onmessage = ({ data }: MessageEvent<Request>) => {
    const isIdle = current === undefined && waiting.size === 0
    for (const kind of staleAfter[data.kind]) {
      const old = waiting.get(kind)
      if (old !== undefined) channel.postMessage({ kind: 'stale', id: old.id })
      waiting.delete(kind)
    }
    if (current !== undefined && staleAfter[data.kind].includes(current.request.kind)) {
      channel.postMessage({ kind: 'stale', id: current.request.id })
      current = undefined
      // Whatever waits is begun by the timer that would have gone on with it.
    }
    waiting.set(data.kind, data)
    if (isIdle) setTimeout(next)
  }
}
