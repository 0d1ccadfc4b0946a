import type { Request, Response } from '../protocol.ts'
import { compileSubject } from './compile.ts'

/** Answers a request. An error that nobody expected is an answer as well, so that the page can say so and go on. */
export function answer(request: Request): Response {
  const { id } = request
  try {
    return { kind: 'compiled', id, compiled: compileSubject(request) }
  } catch (error) {
    return { kind: 'failed', id, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
