/** What a choice comes to, or a rejection with the reason of the signal once that is aborted. */
export const unlessAborted = <Value>(signal: AbortSignal, choice: Value | Promise<Value>): Promise<Value> =>
  new Promise<Value>((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    Promise.resolve(choice)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
