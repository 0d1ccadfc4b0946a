/** Work that pauses now and then, so that newer requests are seen. */
export type Work<Result> = Generator<void, Result>

/** Does all of it at once. */
export function toEnd<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}
