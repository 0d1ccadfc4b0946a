/** The signals that ask a program to end: Ctrl-C, and the one sent by `kill`, `timeout` and batch systems. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof exitCodes

export interface Interruption {
  /** The received signal, and its exit code. */
  signal(): { readonly name: StopSignal; readonly exitCode: (typeof exitCodes)[StopSignal] } | undefined
  /** From now on, signals end the process as usual. */
  release(): void
}

/**
 * Wrappers (npm, tsx) pass on a Ctrl-C that the terminal has already sent to all processes: a second one within this
 * time, in milliseconds, is the same.
 */
const echoMs = 500

/** Treats the first of these signals as a request that the caller follows when it can; the second ends the process immediately. */
export function awaitInterruption(onSignal: (name: StopSignal) => void): Interruption {
  let came: { readonly name: StopSignal; readonly at: number } | undefined
  const listeners = (Object.keys(exitCodes) as StopSignal[]).map(name => ({
    name,
    listener: () => {
      if (came === undefined) {
        came = { name, at: performance.now() }
        onSignal(name)
      } else if (performance.now() - came.at > echoMs) {
        release()
        process.kill(process.pid, name)
      }
    },
  }))
  const release = () => {
    for (const { name, listener } of listeners) process.off(name, listener)
  }
  for (const { name, listener } of listeners) process.on(name, listener)
  return { signal: () => came && { name: came.name, exitCode: exitCodes[came.name] }, release }
}
