/** The data from which the parts of a launcher module are printed. */
import type { ArrayParameter, CompiledKernel, Launch } from '@qernel/codegen'
import { linesOfText, visibleText } from '@qernel/dsl/internal'

export interface SizeView {
  readonly name: string
  /** The requirements in words; empty if there are none. */
  readonly facts: string
}

export interface LauncherView {
  readonly compiled: CompiledKernel
  readonly summary: string
  readonly className: string
  readonly sizesType: string
  readonly buffersType: string
  readonly sizes: readonly SizeView[]
  readonly arrays: readonly ArrayParameter[]
  readonly launches: readonly Launch[]
}

export function launcherView(compiled: CompiledKernel, summary: string): LauncherView {
  const className = classNameOf(compiled.kernel)
  return {
    compiled,
    summary: linesOfText(summary).map(visibleText).join('\n').replaceAll('*/', '* /') || compiled.kernel,
    className,
    sizesType: `${className}Sizes`,
    buffersType: `${className}Buffers`,
    sizes: compiled.sizes.map(({ name }) => ({
      name,
      facts: compiled.requires
        .filter(({ size }) => size === name)
        .flatMap(({ multipleOf, atMost, because }) => [
          ...(multipleOf === undefined ? [] : [`A multiple of ${multipleOf}: ${because}.`]),
          ...(atMost === undefined ? [] : [`At most ${atMost}: ${because}.`]),
        ])
        .join(' '),
    })),
    arrays: compiled.arrays,
    launches: compiled.launches,
  }
}

/** Names that the module already defines or uses. */
const taken = new Set([
  'Launch',
  'Part',
  'Map',
  'Math',
  'Number',
  'Partial',
  'Promise',
  'RangeError',
  'Record',
  'Uint32Array',
])

function classNameOf(kernel: string): string {
  const name = pascalCase(kernel)
  return taken.has(name) || name.startsWith('GPU') ? `${name}Kernel` : name
}

const pascalCase = (name: string): string =>
  name
    .split('_')
    .map(part => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('')

/** A length as a TypeScript expression of the sizes in `s`. */
export function extentText(extent: ArrayParameter['shape'][number]): string {
  if (typeof extent === 'number') return String(extent)
  const size = `s.${extent.size}`
  const quotient = extent.dividedBy === 1 ? size : `Math.ceil(${size} / ${extent.dividedBy})`
  const product = extent.times === undefined ? quotient : `${extent.times} * ${quotient}`
  return extent.plus === undefined ? product : `(${product} + ${extent.plus})`
}

/** The bytes of an array without the padding at its end, as a TypeScript expression. */
export function byteText({ type, shape, rowAlignment }: ArrayParameter): string {
  const halves = type.halves ?? 1
  const last = extentText(shape.at(-1) ?? 1)
  const columns = halves === 1 ? last : `roundUp(${last}, ${halves})`
  const bytes = type.bits % 8 === 0 ? `${columns} * ${type.bits / 8}` : `Math.ceil(${columns} * ${type.bits} / 8)`
  const row = rowAlignment === 1 ? bytes : `roundUp(${bytes}, ${rowAlignment})`
  return [...shape.slice(0, -1).map(extentText), row].join(' * ')
}
