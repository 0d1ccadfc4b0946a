import type { Answers, Kind, Request, Response } from '../protocol.ts'
import { compileSubject } from './compile.ts'
import { pictureOf } from './picture.ts'

type Handlers = { readonly [K in Kind]: (request: Extract<Request, { readonly kind: K }>) => Answers[K] }

const handlers: Handlers = { compile: compileSubject, picture: pictureOf }

/** Answers a request. An error that nobody expected is an answer as well, so that the page can say so and go on. */
export function answer<K extends Kind>(request: Extract<Request, { readonly kind: K }>): Response {
  const { id } = request
  const kind = request.kind as K
  try {
    return { kind, id, result: handlers[kind](request) } as Response
  } catch (error) {
    return { kind: 'failed', id, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
