/** The requests that wait. One that arrives makes older ones stale, so that only what the page still needs is worked on. */
import type { Failure, Kind, Request, Response } from '../protocol.ts'
import { failure, work } from './engine.ts'
import { loadLanguage, needsLanguage } from './language.ts'

/** The side of the engine of a channel to the page: a worker's global scope, or a port. */
export interface Channel {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(response: Response): void
}

const aboutSubject: readonly Kind[] = ['compile', 'counted', 'stages', 'ways', 'picture', 'choices', 'values']

/** The kinds of requests that a new one makes stale: its own, and for a new subject whatever was asked about the old one. */
const staleAfter: Readonly<Record<Kind, readonly Kind[]>> = {
  compile: aboutSubject,
  counted: ['counted'],
  stages: ['stages'],
  ways: ['ways'],
  picture: ['picture'],
  choices: ['choices'],
  values: ['values'],
  text: ['text'],
  complete: ['complete'],
  hover: ['hover'],
  diagnose: ['diagnose'],
}

/** How long the engine works before it looks for newer requests, in milliseconds. One part of its work may take longer, up to twice as long. */
const longestTurn = 15

/**
 * Answers the requests that arrive on a channel: what was asked last about a subject that has changed is given up within a turn.
 *
 * @param now the time in milliseconds
 */
export function serve(channel: Channel, now: () => number = () => performance.now()): void {
  const waiting = new Map<Kind, Request>()
  let current: Request | undefined
  let isWorking = false

  const workOnAll = async (): Promise<void> => {
    isWorking = true
    // Messages that have already arrived are delivered first, so that stale ones cost nothing.
    await pause()
    for (;;) {
      const [request] = waiting.values()
      if (request === undefined) break
      waiting.delete(request.kind)
      current = request
      const response = await respond(request, () => current === request, now)
      if (response !== undefined) channel.postMessage(response)
      await pause()
    }
    current = undefined
    isWorking = false
  }

  channel.onmessage = ({ data }: MessageEvent<Request>) => {
    const isStale = (request: Request | undefined): request is Request =>
      request !== undefined && staleAfter[data.kind].includes(request.kind)
    for (const old of [...waiting.values(), current].filter(isStale)) channel.postMessage({ kind: 'stale', id: old.id })
    for (const kind of staleAfter[data.kind]) waiting.delete(kind)
    if (isStale(current)) current = undefined
    waiting.set(data.kind, data)
    if (!isWorking) void workOnAll()
  }
}

/** Works on a request as long as it is wanted; undefined if it no longer is. */
async function respond(request: Request, isWanted: () => boolean, now: () => number): Promise<Response | undefined> {
  if (needsLanguage(request)) {
    const problem = await loadLanguage().catch((error: unknown): Failure => failure(request.id, error))
    if (problem !== undefined) return isWanted() ? problem : undefined
  }
  const working = work(request)
  let begin = now()
  while (isWanted()) {
    const { done, value } = working.next()
    if (done) return value
    // Timers of browsers take milliseconds, so a pause at every occasion would cost more than the work.
    if (now() - begin < longestTurn) continue
    await pause()
    begin = now()
  }
  return undefined
}

const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve))
