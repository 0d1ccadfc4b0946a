/**
 * While anything is awaited, Dawn asks for it in every turn of Node's event loop, without a pause (webgpu 0.6.2): a whole core, which a
 * compiler or a software GPU on other threads would use better. The remedy is a pause in each turn; others in this process notice at
 * most that.
 */
const pauseMilliseconds = 1

/** Browsers wait without polling, and forbid both this pause and the memory for it. */
const polls = typeof process === 'object' && typeof process.versions?.node === 'string'
let neverChanged: Int32Array | undefined
let awaited = 0
let isPausing = false

/** Awaits what takes a device many milliseconds, and leaves the core to others meanwhile. It is noticed up to 1 ms later than it could be. */
export async function pauseWhileWaiting<Result>(slow: Promise<Result>): Promise<Result> {
  if (!polls) return slow
  awaited++
  if (!isPausing) setImmediate(pause)
  isPausing = true
  try {
    return await slow
  } finally {
    awaited--
  }
}

function pause(): void {
  isPausing = awaited > 0
  if (!isPausing) return
  neverChanged ??= new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(neverChanged, 0, 0, pauseMilliseconds)
  setImmediate(pause)
}
