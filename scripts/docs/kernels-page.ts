/** docs/kernels.md: every kernel of the library, what it stores, and what its best schedule moves. */
import { wgsl } from '@qernel/codegen-wgsl'
import { affine, type Kernel } from '@qernel/dsl'
import { kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { applySchedule, costOf, parseSteps } from '@qernel/schedule'
import { markdownTable } from './markers.ts'

/** The length of a row for which the schedules are written out: the head dimension of most models. */
const rowLength = 128
const otherSizes = 1024

export function kernelsPage(): string {
  const quantizers = kernelLibrary.filter(each => each.roundTrip !== undefined)
  const others = kernelLibrary.filter(each => each.roundTrip === undefined)
  const titles = ['kernel', 'takes → gives', 'bits an element', 'bytes moved', 'fewest', 'ratio']
  return `<!-- Written by npm run docs from packages/kernels/src: edit that. -->

# Kernels

The library, a file a family in \`packages/kernels/src\`; the doc comment of each says its source, its error bound, and what special
values give. \`qernel list kernels\` has the formulas, \`qernel emit KERNEL --schedule best\` the code.

*Bytes moved* is what the schedule \`best\` reads and writes of global memory in WGSL, an element of the largest array, with f32 inputs,
${rowLength} elements a row fixed when compiling, and ${otherSizes} for every other size; *fewest* is each input read once and each output written once. Loads that
caches serve, such as one scale for a whole row, are not in it. \`qernel explain KERNEL --schedule best --set D=${rowLength} --cost\` shows where they come from.

## Quantizers

${markdownTable(titles, quantizers.map(row))}
## Dequantizers and the rest

${markdownTable(titles, others.map(row))}`
}

function row(entry: LibraryKernel): string[] {
  const kernel = entry.define()
  const cost = bestCost(entry, kernel)
  const moved = cost.readBytes + cost.writtenBytes
  const fewest = cost.minimumReadBytes + cost.minimumWrittenBytes
  const each = (bytes: number): string => (bytes / cost.elements).toFixed(2)
  const stored = entry.roundTrip?.stored ?? []
  const bytes = cost.tensors.reduce((sum, t) => sum + (stored.includes(t.tensor) ? t.minimumBytes : 0), 0)
  return [
    `\`${entry.name}\``,
    signature(kernel),
    stored.length === 0 ? '' : String(Number(((bytes * 8) / cost.elements).toFixed(2))),
    each(moved),
    each(fewest),
    (moved / fewest).toFixed(2),
  ]
}

/** Counted under the kernel's own schedule, for WGSL. */
export function bestCost(entry: LibraryKernel, kernel: Kernel) {
  const target = wgsl.portableTarget
  // C is half a row, where a row is half-split.
  const rows: Readonly<Record<string, number>> = { D: rowLength, C: rowLength / 2 }
  const fixed = new Map(kernel.sizes.flatMap(({ name }) => (rows[name] === undefined ? [] : [[name, rows[name]]])))
  const subgroups = target.subgroup !== undefined
  const [best] = entry.schedules
  if (best === undefined) throw new Error(`${entry.name} has no schedule of its own`)
  const steps = parseSteps(best.steps({ name: 'wgsl', subgroups, fixed }))
  const { nest } = applySchedule(kernel, steps, { fixed, nativeTypes: target.nativeTypes, hasSubgroups: subgroups })
  return costOf(nest, new Map(kernel.sizes.map(({ name }) => [name, fixed.get(name) ?? otherSizes])))
}

function signature({ tensors }: Kernel): string {
  const list = (role: 'input' | 'output') =>
    tensors
      .filter(tensor => tensor.role === role)
      .map(({ name, type, dims }) => `${name} ${type.name} [${dims.map(affine.printExtent).join(', ')}]`)
      .join(', ')
  return `${list('input')} → ${list('output')}`
}
