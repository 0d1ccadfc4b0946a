/** The signals that ask a program to end: Ctrl-C, and what `kill`, `timeout` and batch systems send. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof exitCodes

export interface Interruption {
  /** The signal that came, and the exit code that tells of it. */
  signal(): { readonly name: StopSignal; readonly exitCode: (typeof exitCodes)[StopSignal] } | undefined
  /** From now on signals end the process as they always do. */
  release(): void
}

/**
 * Whoever runs a program for a terminal (npm, tsx) passes on a Ctrl-C that the terminal sent to all of them already: one soon after another, in
 * milliseconds, is the same.
 */
const echoMs = 500

/** Takes the first of these signals as a wish, which the caller follows when it can; the second ends the process at once. */
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
