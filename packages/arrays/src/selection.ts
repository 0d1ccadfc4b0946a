import { ArrayFileError } from './array-file-error.ts'

/**
 * A part of an array in NumPy notation: `[3]` selects sub-array 3 of the first axis (and removes the axis), `[0:512]` a
 * range of it (and keeps the axis), `[:, 0]` all of it and sub-array 0 of the second axis. Remaining axes are taken
 * whole.
 * Negative numbers count from the end. Unlike in NumPy, a range past the end is an error and is not silently shortened.
 */
export type AxisSelection =
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'range'; readonly start?: number; readonly stop?: number }

/** A selection from a known shape: for each axis its start, its number of elements, and whether the axis is removed. */
export interface ResolvedAxis {
  readonly start: number
  readonly count: number
  readonly dropped: boolean
}

const forms = 'comma-separated indices and ranges, one an axis: [0], [0, 0:512], [:, 3], [-1]'

/** Reads the text between the brackets, `0, 0:512`. */
export function parseSelection(text: string, where: string): AxisSelection[] {
  return text.split(',').map(part => {
    const item = part.trim()
    if (/^[+-]?\d+$/.test(item)) return { kind: 'index', index: bounded(item, where) }
    const range = /^([+-]?\d+)?\s*:\s*([+-]?\d+)?$/.exec(item)
    if (range === null) {
      const what =
        item === '' ? `empty item in the selection [${text}]` : `cannot read '${item}' in the selection [${text}]`
      throw new ArrayFileError({ what, where, allowed: forms })
    }
    const [, start, stop] = range
    return {
      kind: 'range',
      ...(start === undefined ? {} : { start: bounded(start, where) }),
      ...(stop === undefined ? {} : { stop: bounded(stop, where) }),
    }
  })
}

function bounded(digits: string, where: string): number {
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) throw new ArrayFileError({ what: `the index ${digits} is too large`, where })
  return value
}

/** Checks a selection against the shape of the array that it selects from. */
export function resolveSelection(
  selection: readonly AxisSelection[],
  shape: readonly number[],
  where: string,
): ResolvedAxis[] {
  if (selection.length > shape.length) {
    throw new ArrayFileError({
      what: `the selection has ${axes(selection.length)}, but the array has ${axes(shape.length)}: ${shapeText(shape)}`,
      where,
      allowed: forms,
    })
  }
  return shape.map((extent, axis) => {
    const item = selection[axis] ?? { kind: 'range' }
    const fail = (what: string): never => {
      throw new ArrayFileError({
        what: `${what} axis ${axis} of the shape ${shapeText(shape)}`,
        where,
        allowed: range(extent),
      })
    }
    if (item.kind === 'index') {
      const start = item.index < 0 ? item.index + extent : item.index
      if (start < 0 || start >= extent) fail(`index ${item.index} is outside`)
      return { start, count: 1, dropped: true }
    }
    const start = fromEnd(item.start ?? 0, extent)
    const stop = fromEnd(item.stop ?? extent, extent)
    const written = `range ${item.start ?? ''}:${item.stop ?? ''}`
    if (start < 0 || start > extent || stop < 0 || stop > extent) fail(`${written} is outside`)
    if (start > stop) fail(`${written} runs backwards in`)
    return { start, count: stop - start, dropped: false }
  })
}

const axes = (count: number): string => `${count} ${count === 1 ? 'axis' : 'axes'}`
const fromEnd = (index: number, extent: number): number => (index < 0 ? index + extent : index)
const range = (extent: number): string =>
  extent === 0 ? 'the axis is empty: only the range :' : `indices 0 to ${extent - 1}, ranges within 0:${extent}`

/** The shape of the selected part. */
export function selectedShape(selection: readonly ResolvedAxis[]): number[] {
  return selection.filter(axis => !axis.dropped).map(axis => axis.count)
}

/**
 * The selected elements of a row-major array as runs that are contiguous in the file, in the order of the result.
 * Each is `[first element, number of elements]`.
 */
export function* runs(selection: readonly ResolvedAxis[], shape: readonly number[]): Generator<[number, number]> {
  if (selection.some(axis => axis.count === 0)) return
  // All axes from `inner` on are taken whole, so each index of the axis before is one contiguous piece.
  let inner = shape.length
  let innerElements = 1
  while (inner > 0 && selection[inner - 1]?.count === shape[inner - 1]) {
    inner--
    innerElements *= shape[inner] ?? 1
  }
  const outer = selection.slice(0, Math.max(0, inner - 1))
  const last = selection[inner - 1] ?? { start: 0, count: 1 }
  const length = last.count * innerElements
  const pitches = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1))
  const counter = outer.map(() => 0)
  while (true) {
    let first = last.start * innerElements
    for (const [axis, { start }] of outer.entries()) first += (start + (counter[axis] ?? 0)) * (pitches[axis] ?? 1)
    yield [first, length]
    let axis = outer.length - 1
    for (; axis >= 0; axis--) {
      counter[axis] = (counter[axis] ?? 0) + 1
      if ((counter[axis] ?? 0) < (outer[axis]?.count ?? 0)) break
      counter[axis] = 0
    }
    if (axis < 0) return
  }
}

/** A shape as messages show it: `[4, 2048, 128]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}
