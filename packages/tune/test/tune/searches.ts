/** A small kernel, spaces of schedules for it, and a strategy that tries all of them. */
import { fileURLToPath } from 'node:url'
import { f32, i8, kernel } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { type Candidate, findStrategy, type Space, type Strategy } from '../../src/index.ts'

export const quantize = kernel('quantize', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [D])
  output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
})

/** The program of workers, as built. */
export const program = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url))

// Workers are started as this process was, but with the built packages.
process.execArgv = []

export const candidate = (id: string): Candidate => ({ id, steps: parseSteps(id) })

export function listed(ids: readonly string[]): Space {
  const all = ids.map(candidate)
  return {
    size: all.length,
    candidates: () => all,
    sample: random => all[Math.floor(random() * all.length)] as Candidate,
    neighbours: () => [],
  }
}

export const exhaustive = findStrategy('exhaustive') as Strategy
