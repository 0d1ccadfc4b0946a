/**
 * While anything is awaited, Dawn polls in every turn of Node's event loop without a pause (webgpu 0.6.2). This occupies a whole core, which
 * a compiler or a software GPU on other threads could use better. The remedy is a pause of this length in each turn, which is also the most
 * that it delays other work in this process.
 */
const pauseMilliseconds = 1

/** Whether waiting polls. Browsers wait without polling, and forbid both this pause and the memory for it. */
const polls = typeof process === 'object' && typeof process.versions?.node === 'string'
let neverChanged: Int32Array | undefined
let awaited = 0
let isPausing = false

/** Awaits a slow operation of a device and frees the core for other threads meanwhile. The end is noticed up to 1 ms late. */
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
