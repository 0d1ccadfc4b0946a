/**
 * Checks what the interpreter of nests cannot: registers belong to one thread, and shared memory to one workgroup. It runs over the iterations of a
 * nest without computing values, and records who wrote each element of a local buffer.
 */
import {
  type Affine,
  affine,
  isAffine,
  isBound,
  isGrid,
  type LoopId,
  type LoopMode,
  loadsOf,
  type Nest,
  type Statement,
} from '@qernel/dsl'

/** The coordinates of a running statement: the value of each grid and block loop around it. */
type Coordinates = ReadonlyMap<LoopMode, number>

/** Reads of registers of another thread, or of shared memory of another workgroup, one per line. */
export function foreignReads(nest: Nest, sizes: ReadonlyMap<string, number>): string[] {
  const found = new Set<string>()
  const environment = new Map<LoopId, number>()
  const writers = new Map<string, Map<string, Coordinates>>()
  const value = (a: Affine) =>
    [...a.terms].reduce((sum, [id, c]) => sum + c * (environment.get(id) as number), a.constant)
  const written = (buffer: string) => {
    const cells = writers.get(buffer) ?? new Map<string, Coordinates>()
    writers.set(buffer, cells)
    return cells
  }
  const read = (buffer: string, cell: string, at: Coordinates): void => {
    const { memory } = nest.buffers.get(buffer) ?? {}
    if (memory === 'global') return
    const writer = written(buffer).get(cell)
    if (writer === undefined) found.add(`${buffer}[${cell}] is read before it is written`)
    for (const [mode, coordinate] of writer ?? [])
      if ((memory === 'register' || isGrid(mode)) && at.get(mode) !== coordinate)
        found.add(
          `${memory} ${buffer} is written at ${mode} = ${coordinate} and read at ${at.get(mode) ?? 'all of them'}`,
        )
  }
  const walk = (s: Statement, at: Coordinates): void => {
    if (s.kind === 'loop') {
      const threads = isBound(s.mode)
      for (let i = 0; i < affine.extentValue(s.extent, sizes); i++) {
        environment.set(s.id, i)
        for (const buffer of nest.buffers.values()) if (buffer.scope === s.id) writers.delete(buffer.name)
        for (const inner of s.body) walk(inner, threads ? new Map([...at, [s.mode, i]]) : at)
      }
      return
    }
    if (s.where.some(({ index, below }) => value(index) >= affine.extentValue(below, sizes))) return
    for (const load of loadsOf(s.value))
      if (load.index.every(isAffine)) read(load.buffer, load.index.map(value).join(), at)
    const cell = s.index.map(value).join()
    if (s.kind === 'update') read(s.buffer, cell, at)
    written(s.buffer).set(cell, at)
  }
  for (const s of nest.body) {
    if (s.kind === 'loop') walk(s, new Map())
    // Registers and shared memory do not survive a dispatch.
    for (const { name, memory } of nest.buffers.values()) if (memory !== 'global') writers.delete(name)
  }
  return [...found]
}
