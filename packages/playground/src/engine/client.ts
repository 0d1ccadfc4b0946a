/** The page's side of the engine. */
import type { Answers, Kind, Request, Response } from '../protocol.ts'

/** A worker, or a port. */
interface Channel {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(request: Request): void
}

/** Thrown for a fault of the engine, which is never the visitor's. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault'
}

/** A request without what the client adds. */
export type Question<K extends Kind> = Omit<Extract<Request, { readonly kind: K }>, 'kind' | 'id'>

/** What the page asks of the engine. */
export interface Engine {
  /**
   * @returns undefined if a newer request of the kind came in between
   * @throws EngineFault
   */
  ask<K extends Kind>(kind: K, question: Question<K>): Promise<{ readonly result: Answers[K] } | undefined>
  /** The result of `ask('compile', …)`. */
  compile(question: Question<'compile'>): Promise<Answers['compile'] | undefined>
}

/** What is asked about texts alone. A worker of its own answers it: TypeScript takes a second or two to begin, and no source should wait for that. */
const aboutTexts: ReadonlySet<Kind> = new Set<Kind>(['text', 'complete', 'hover', 'diagnose'])

/** @param startLanguage starts the worker for texts, when one is first asked about */
export function connectBoth(compiler: Channel, startLanguage: () => Channel): Engine {
  const engine = connect(compiler)
  let language: Engine | undefined
  return {
    ...engine,
    ask: (kind, question) => {
      if (!aboutTexts.has(kind)) return engine.ask(kind, question)
      language ??= connect(startLanguage())
      return language.ask(kind, question)
    },
  }
}

/** Connects to `serve` at the other end. */
export function connect(channel: Channel): Engine {
  let last = 0
  const pending = new Map<Kind, { readonly id: number; readonly settle: (response?: Response) => void }>()
  channel.onmessage = ({ data }: MessageEvent<Response>) => {
    for (const [kind, { id, settle }] of pending)
      if (id === data.id) {
        pending.delete(kind)
        settle(data)
      }
  }
  const ask = <K extends Kind>(kind: K, question: Question<K>) => {
    pending.get(kind)?.settle()
    const id = ++last
    return new Promise<{ readonly result: Answers[K] } | undefined>((resolve, reject) => {
      pending.set(kind, {
        id,
        settle: response => {
          if (response?.kind === 'failed') reject(new EngineFault(response.message))
          else if (response?.kind === 'stale') resolve(undefined)
          else resolve(response as { readonly result: Answers[K] } | undefined)
        },
      })
      channel.postMessage({ ...question, kind, id } as unknown as Request)
    })
  }
  return { ask, compile: async question => (await ask('compile', question))?.result }
}
