import type { Answers, Failure, Kind, Request, Response } from '../protocol.ts'
import { choices } from './choices.ts'
import { compiling } from './compile.ts'
import { countedOf } from './counted.ts'
import { language } from './language.ts'
import { textOf } from './library-text.ts'
import { pictureOf } from './picture.ts'
import { stages } from './stages.ts'
import { toEnd, type Work } from './turns.ts'
import { valuesOf } from './values.ts'
import { ways } from './ways.ts'

type Handlers = {
  readonly [K in Kind]: (request: Extract<Request, { readonly kind: K }>) => Answers[K] | Work<Answers[K]>
}

const handlers: Handlers = {
  compile: compiling,
  counted: countedOf,
  stages,
  ways,
  picture: pictureOf,
  choices,
  values: valuesOf,
  text: ({ source }) => textOf(source),
  complete: ({ text, offset }) => language().complete(text, offset),
  hover: ({ text, offset }) => language().hover(text, offset),
  diagnose: ({ text }) => language().diagnose(text),
}

/** Works on a request, pausing now and then. An error that nobody expected is an answer as well, so that the page can say so and go on. */
export function* work<K extends Kind>(request: Extract<Request, { readonly kind: K }>): Work<Response> {
  const { id } = request
  const kind = request.kind as K
  try {
    const begun = handlers[kind](request)
    const result = isWork(begun) ? yield* begun : begun
    return { kind, id, result } as Response
  } catch (error) {
    return failure(id, error)
  }
}

const isWork = <Result>(begun: Result | Work<Result>): begun is Work<Result> =>
  typeof begun === 'object' && begun !== null && Symbol.iterator in begun && 'next' in begun

export const failure = (id: number, error: unknown): Failure => ({
  kind: 'failed',
  id,
  message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
})

/** Answers a request at once; one that reads a text, after `loadLanguage`. */
export const answer = <K extends Kind>(request: Extract<Request, { readonly kind: K }>): Response =>
  toEnd(work(request))
