/** The requests that wait. One that arrives makes older ones of its kind stale, so that only the newest is answered. */
import type { Request, Response } from '../protocol.ts'
import { answer } from './engine.ts'

/** The side of the engine of a channel to the page: a worker's global scope, or a port. */
export interface Channel {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(response: Response): void
}

/** Answers the requests that arrive on a channel. */
export function serve(channel: Channel): void {
  const waiting = new Map<Request['kind'], Request>()
  const work = (): void => {
    const [next] = waiting.values()
    if (next === undefined) return
    waiting.delete(next.kind)
    channel.postMessage(answer(next))
    if (waiting.size > 0) setTimeout(work)
  }
  channel.onmessage = ({ data }: MessageEvent<Request>) => {
    const isIdle = waiting.size === 0
    waiting.set(data.kind, data)
    // Messages that have already arrived are delivered first, so that stale ones cost nothing.
    if (isIdle) setTimeout(work)
  }
}
