import { isAffine, type Loop, loadsOf, type Nest, type Subscript } from '@qernel/dsl'
import { largestValue } from './guards.ts'
import { leavesOf } from './statements.ts'

/** Makes local buffers as long as their loops now reach: a split that does not divide runs past the end. */
export function growLocals(nest: Nest): Nest {
  const buffers = new Map(nest.buffers)
  const grow = (name: string, index: readonly Subscript[], around: readonly Loop[]): void => {
    const buffer = buffers.get(name)
    if (buffer === undefined || buffer.memory === 'global') return
    const dims = buffer.dims.map((dim, i) => {
      const at = index[i]
      const largest = at !== undefined && isAffine(at) ? largestValue(nest, at, around) : undefined
      return typeof dim === 'number' && largest !== undefined ? Math.max(dim, largest + 1) : dim
    })
    if (dims.some((dim, i) => dim !== buffer.dims[i])) buffers.set(name, { ...buffer, dims })
  }
  for (const { leaf, around } of leavesOf(nest.body)) {
    grow(leaf.buffer, leaf.index, around)
    for (const load of loadsOf(leaf.value)) grow(load.buffer, load.index, around)
  }
  return { ...nest, buffers }
}
