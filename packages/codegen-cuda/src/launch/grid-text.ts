/** The grid of a launch in host code, with one variable per dimension that depends on a size. */
import type { FinishedKernel, Launch, LaunchExtent } from '@qernel/codegen'

/** A length as an expression of the host function. */
export type LengthText = (extent: LaunchExtent) => string

/** @param of gives the name of a size, or the name of the variable that replaces it */
export const lengthTexts =
  ({ requires }: Pick<FinishedKernel, 'requires'>, of: (size: string) => string): LengthText =>
  extent => {
    if (typeof extent === 'number') return String(extent)
    const { size, dividedBy, times, plus } = extent
    const divides = requires.some(fact => fact.size === size && (fact.multipleOf ?? 1) % dividedBy === 0)
    const rounded = divides ? of(size) : `(${of(size)} + ${dividedBy - 1})`
    const quotient = dividedBy === 1 ? of(size) : `${rounded} / ${dividedBy}`
    const product = times === undefined ? quotient : `${times} * (${quotient})`
    return plus === undefined ? product : `${product} + ${plus}`
  }

export interface GridVariable {
  readonly name: string
  readonly size: string
  readonly value: string
  /** The condition under which the grid is too long for every device. */
  readonly excess: string | undefined
}

export interface GridText {
  readonly dimensions: readonly string[]
  readonly variables: readonly GridVariable[]
}

/** @param nameOf gives the name of the variable for a dimension */
export function gridText(
  { grid, gridWidth }: Launch,
  longestRow: number,
  nameOf: (dimension: string) => string,
  length: LengthText,
): GridText {
  const variables: GridVariable[] = []
  const folds = gridWidth !== undefined
  const known = grid.reduce<number>((count, extent) => count * (typeof extent === 'number' ? extent : 1), 1)
  const dimensions = grid.map((extent, axis) => {
    if (typeof extent === 'number') return String(extent)
    const name = nameOf('xyz'[axis] as string)
    const before = variables.map(variable => variable.name)
    const excess = folds ? foldedExcess(name, Math.floor(longestRow / known), before) : undefined
    variables.push({ name, size: extent.size, value: `unsigned(${length(extent)})`, excess })
    return name
  })
  const factors = [...variables.map(({ name }) => name), ...(known > 1 ? [String(known)] : [])]
  return { dimensions: folds ? [factors.join(' * ')] : dimensions, variables }
}

/** The condition under which a folded grid, the product of all dimensions, would be too long. A single size never exceeds the limit. */
function foldedExcess(name: string, most: number, before: readonly string[]): string | undefined {
  const others = before.join(' * ')
  if (before.length === 0) return most < 2 ** 31 - 1 ? `${name} > ${most}` : undefined
  return `${others} > 0 && ${name} > ${most} / ${before.length === 1 ? others : `(${others})`}`
}

/** A `dim3` without trailing dimensions of 1, which are its defaults. */
export function dim3(dimensions: readonly string[]): string {
  const last = dimensions.findLastIndex(extent => extent !== '1')
  return `dim3(${dimensions.slice(0, Math.max(1, last + 1)).join(', ')})`
}
