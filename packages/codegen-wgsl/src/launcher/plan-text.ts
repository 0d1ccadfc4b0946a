/** Prints the tables of a launcher, and the functions that plan a launch from them. */
import type { Launch, SizeRequirement } from '@qernel/codegen'
import { rowMultiple } from '@qernel/codegen/internal'
import { largestSize } from '@qernel/dsl/internal'
import { byteText, extentText, type LauncherView } from './launcher-view.ts'

export function planText(view: LauncherView): string {
  const { compiled, arrays, launches, sizes, sizesType, buffersType } = view
  const arrayName = `keyof ${buffersType}`
  const used = sizes.length > 0 ? 's' : '_'
  return `
// The values of GPUShaderStage and GPUBufferUsage, for which Node has no globals.
const GPUShaderStageCompute = 0x4
const GPUBufferUsageCopyDst = 0x8
const GPUBufferUsageUniform = 0x40

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple

/** The bytes of each array in device layout, without the padding at its end. */
const bytes: Record<${arrayName}, (s: ${sizesType}) => number> = {
${arrays.map(array => `  ${array.name}: ${byteText(array).includes('s.') ? 's' : '()'} => ${byteText(array)},`).join('\n')}
}

const bindings: Record<${arrayName}, { readonly binding: number; readonly isRead: boolean }> = {
${arrays.map(({ name, binding, access }) => `  ${name}: { binding: ${binding}, isRead: ${access === 'read'} },`).join('\n')}
}

interface Launch {
  readonly entry: string
  readonly arrays: readonly (${arrayName})[]
  /** Workgroups along each dimension. */
  readonly grid: (s: ${sizesType}) => [number, number, number]
  /** How the launch may run in parts: the size, the number of rows that parts must be a multiple of, and the arrays that are bound in part. */
  readonly splits: readonly { readonly size: keyof ${sizesType}; readonly multipleOf: number; readonly arrays: readonly (${arrayName})[] }[]
  /** Why it cannot run in parts along other sizes. */
  readonly whole: string
}

const launches: readonly Launch[] = [
${launches.map(launch => launchText(launch, view)).join('\n')}
]

function checkSizes(${used}: ${sizesType}): void {
${
  sizes.length === 0
    ? ''
    : `  for (const name of [${sizes.map(({ name }) => `'${name}'`).join(', ')}] as const) {
    const value = s[name]
    if (!Number.isInteger(value) || value < 0 || value > ${largestSize}) throw new RangeError(\`${compiled.kernel}: \${name} is \${value}; a whole number from 0 to ${largestSize} is expected\`)
  }`
}
${compiled.requires.flatMap(requirement => requirementText(requirement, view)).join('\n')}
}

/** The buffer of an array and the offset of the array in it, checked for length and alignment. */
function boundBuffer(name: string, given: GPUBuffer | GPUBufferBinding, needed: number, limits: GPUSupportedLimits): { buffer: GPUBuffer; offset: number } {
  const { buffer, offset = 0, size = undefined } = 'buffer' in given ? given : { buffer: given }
  const available = Math.min(size ?? Number.POSITIVE_INFINITY, buffer.size - offset)
  if (available < needed) throw new RangeError(\`${compiled.kernel}: \${name} has \${available} bytes; \${needed} are needed\`)
  if (offset % limits.minStorageBufferOffsetAlignment !== 0) {
    throw new RangeError(\`${compiled.kernel}: \${name} starts at byte \${offset}; a multiple of \${limits.minStorageBufferOffsetAlignment} is expected\`)
  }
  return { buffer, offset }
}

interface Part {
  readonly grid: [number, number, number]
  readonly sizes: ${sizesType}
  /** The bytes of the arrays that are bound in part. */
  readonly ranges: Partial<Record<${arrayName}, { readonly offset: number; readonly size: number }>>
}

/** One dispatch, or several on parts of the rows, each small enough for the bindings and grids of the device. */
function plan(launch: Launch, sizes: ${sizesType}, needed: Record<${arrayName}, number>, limits: GPUSupportedLimits): Part[] {
  const grid = launch.grid(sizes)
  if (grid.includes(0)) return []
  const most = limits.maxStorageBufferBindingSize
  const longest = Math.max(...grid)
  const large = launch.arrays.filter(name => needed[name] > most)
  if (large.length === 0 && longest <= limits.maxComputeWorkgroupsPerDimension) return [{ grid, sizes, ranges: {} }]
  const what = large.length > 0
    ? \`\${large.join(' and ')} of \${large.map(name => needed[name]).join(' and ')} bytes; a binding of this device holds \${most}\`
    : \`\${longest} workgroups; this device launches \${limits.maxComputeWorkgroupsPerDimension}\`
  for (const split of launch.splits) {
    if (!large.every(name => split.arrays.includes(name))) continue
    const rows = rowsOfPart(launch, split, sizes, limits)
    if (rows === undefined) continue
    const parts: Part[] = []
    for (let first = 0; first < sizes[split.size]; first += rows) {
      const before = { ...sizes, [split.size]: first }
      const own = { ...sizes, [split.size]: Math.min(rows, sizes[split.size] - first) }
      const isLast = first + rows >= sizes[split.size]
      const ranges: Part['ranges'] = {}
      for (const name of split.arrays) {
        const offset = bytes[name](before)
        ranges[name] = { offset, size: isLast ? needed[name] - offset : bytes[name](own) }
      }
      parts.push({ grid: launch.grid(own), sizes: own, ranges })
    }
    return parts
  }
  throw new RangeError(\`${compiled.kernel}: \${launch.entry} needs \${what}, and cannot run in parts: \${launch.whole}\`)
}

/** The most rows that a part may have if every part starts where a binding may; undefined if not even the smallest part fits. */
function rowsOfPart(launch: Launch, split: Launch['splits'][number], sizes: ${sizesType}, limits: GPUSupportedLimits): number | undefined {
  const fits = (rows: number): boolean => {
    const own = { ...sizes, [split.size]: rows }
    return split.arrays.every(name => roundUp(bytes[name](own), 16) <= limits.maxStorageBufferBindingSize)
      && Math.max(...launch.grid(own)) <= limits.maxComputeWorkgroupsPerDimension
  }
  const starts = (rows: number): boolean =>
    split.arrays.every(name => bytes[name]({ ...sizes, [split.size]: rows }) % limits.minStorageBufferOffsetAlignment === 0)
  let unit = split.multipleOf
  while (!starts(unit)) unit *= 2
  if (!fits(unit)) return undefined
  let most = unit
  while (most < sizes[split.size] && fits(most * 2)) most *= 2
  for (let step = most / 2; step >= unit; step /= 2) if (step % unit === 0 && fits(most + step)) most += step
  return most
}
`
}

function launchText(launch: Launch, view: LauncherView): string {
  const { entry, arrays, grid, gridWidth, splits = [] } = launch
  const extents = grid.map(extentText)
  const parameter = extents.some(text => text.includes('s.')) ? 's' : '()'
  const gridText =
    gridWidth === undefined
      ? `${parameter} => [${extents.join(', ')}]`
      : `${parameter} => {
      const count = ${extents.join(' * ')}
      return [Math.min(count, ${gridWidth}), Math.ceil(count / ${gridWidth}), 1]
    }`
  const possible = splits.flatMap(split => ('because' in split ? [] : [split]))
  const reasons = splits.flatMap(split =>
    'because' in split ? [`not along ${split.size}, since ${split.because}`] : [],
  )
  return `  {
    entry: '${entry}',
    arrays: [${arrays.map(name => `'${name}'`).join(', ')}],
    grid: ${gridText},
    splits: [${possible.map(split => `{ size: '${split.size}', multipleOf: ${rowMultiple(split, view.compiled)}, arrays: [${split.arrays.map(name => `'${name}'`).join(', ')}] }`).join(', ')}],
    whole: '${(reasons.join('; ') || 'no part of its rows fits').replaceAll("'", "\\\\'")}',
  },`
}

function requirementText(
  { size, multipleOf, atMost, because }: SizeRequirement,
  { compiled, sizes }: LauncherView,
): string[] {
  if (!sizes.some(({ name }) => name === size)) return []
  const refuse = (condition: string, must: string) =>
    `  if (${condition}) throw new RangeError(\`${compiled.kernel}: ${size} is \${s.${size}}; ${must} is expected (${because})\`)`
  return [
    ...(multipleOf === undefined || multipleOf === 1
      ? []
      : [refuse(`s.${size} % ${multipleOf} !== 0`, `a multiple of ${multipleOf}`)]),
    ...(atMost === undefined ? [] : [refuse(`s.${size} > ${atMost}`, `at most ${atMost}`)]),
  ]
}
