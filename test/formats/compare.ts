/** Runs a quantizer and its dequantizer through the interpreter, and compares both with a format, element by element. */
import { interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { findKernel, type LibraryKernel, type RoundTrip } from '@qernel/kernels'
import { roundTo } from './arithmetic.ts'
import { type Expected, type Format, type Layout, open, type Stored } from './format.ts'
import { type ElementName, largestOf, type Row, rowsOf } from './values.ts'

/** One number that differs from the format, described in words. */
export type Mismatch = string

/** A number with the sign of its zero. */
const inFull = (x: unknown): string => (Object.is(x, -0) ? '-0' : String(x))

const elementNames = Object.keys(roundTo) as ElementName[]

function kernelOf(name: string, element: ElementName): { readonly entry: LibraryKernel; readonly kernel: Kernel } {
  const entry = findKernel(name)
  const type = entry?.element.types.find(each => each.name === element)
  if (entry === undefined || type === undefined) throw new Error(`no kernel ${name} for ${element}`)
  return { entry, kernel: entry.define(type) }
}

/** As a zero point, zeros of both signs are equal; any NaN equals any other. */
const same = (a: number, b: number): boolean => Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b))
const sameParameter = (a: number, expected: Expected, isScale: boolean): boolean =>
  expected === open || same(a, expected) || (!isScale && a === expected)

/** Rows in batches of as many groups as a layout takes; the last batch is filled up with its first row. */
function batches(format: Format, rows: readonly Row[]): readonly (readonly Row[])[] {
  const padded = [...rows]
  while (padded.length % 6 !== 0) padded.push(rows[0] as Row)
  const { groups } = format.layout(padded.length)
  return Array.from({ length: padded.length / groups }, (_, batch) =>
    padded.slice(batch * groups, (batch + 1) * groups),
  )
}

function inputOf(kernel: Kernel, layout: Layout, rows: readonly Row[]): Tensor {
  const type = kernel.tensors.find(({ name }) => name === 'x')?.type
  if (type === undefined) throw new Error(`${kernel.name} has no tensor x`)
  const data = new Float32Array(layout.groups * layout.groupSize)
  rows.forEach(({ x }, group) => {
    x.forEach((value, element) => {
      data[layout.at(group, element)] = value
    })
  })
  return { type, shape: layout.shape, data }
}

/** Whether a quantizer takes the scales as an input. */
const isGivenScale = ({ tensors, stages }: Kernel): boolean =>
  tensors.some(({ name }) => name === 'scale') && stages.every(({ tensor }) => tensor !== 'scale')

/** Scales of all kinds, one per group. */
function scalesFor(kernel: Kernel, { groups }: Layout): Tensor {
  const type = kernel.tensors.find(({ name }) => name === 'scale')?.type
  if (type === undefined) throw new Error(`${kernel.name} has no tensor scale`)
  const special = specialParameters.f32
  return {
    type,
    shape: [groups],
    data: Float32Array.from({ length: groups }, (_, group) => special[group % special.length] as number),
  }
}

/** Runs the quantizer on all rows of an element type, and the dequantizer on its results. */
function encoderMismatches(name: string, format: Format, element: ElementName): readonly Mismatch[] {
  const { entry, kernel } = kernelOf(name, element)
  const givenScale = isGivenScale(kernel)
  const found: Mismatch[] = []
  for (const rows of batches(format, rowsOf(element, format.groupSize))) {
    const layout = format.layout(rows.length)
    const inputs = new Map([['x', inputOf(kernel, layout, rows)]])
    if (givenScale) inputs.set('scale', scalesFor(kernel, layout))
    const results = interpretKernel(kernel, inputs)
    // Given scales count as stored: codes are computed from them.
    const stored = format.storage.read(givenScale ? new Map([...inputs, ...results]) : results, layout)
    const restored = givenScale ? undefined : entry.roundTrip && restore(entry.roundTrip, results, element)
    rows.forEach(({ name: row, x }, group) => {
      const say = (what: string, got: unknown, expected: unknown) =>
        found.push(
          `${name}, ${element}, ${row}${givenScale ? `, scale ${parameters}` : ''}: ${what} is ${inFull(got)}, not ${inFull(expected)}`,
        )
      const parameters = stored.parameters[group] ?? []
      const codes = stored.codes[group] ?? []
      const expected = format.encode(x, parameters)
      if (!givenScale)
        expected.parameters.forEach((value, i) => {
          if (!sameParameter(parameters[i] as number, value, i === format.scale))
            say(i === format.scale ? 'the scale' : 'the zero point', parameters[i], value)
        })
      codes.forEach((code, i) => {
        const value = expected.codes[i]
        if (value !== open && !sameParameter(code, value, false)) say(`the code of x[${i}] = ${x[i]}`, code, value)
      })
      if (restored === undefined || !x.every(Number.isFinite) || !format.keepsFinite(x)) return
      x.forEach((value, i) => {
        const back = restored[layout.at(group, i)] as number
        // A number close to the largest of the element type may overflow when it comes back.
        if (Math.abs(back) === Number.POSITIVE_INFINITY && Math.abs(value) > 0.98 * largestOf[element]) return
        const bound = errorBound(format, x, parameters, element, value)
        if (!(Math.abs(back - value) <= bound)) say(`x[${i}] = ${value}, brought back,`, back, `within ${bound} of it`)
      })
    })
  }
  return found
}

/** The results of the dequantizer on stored tensors, which may contain temporaries of the quantizer. */
function restore(
  { dequantize, stored }: RoundTrip,
  tensors: ReadonlyMap<string, Tensor>,
  element: ElementName,
): Tensor['data'] {
  const inputs = new Map([...tensors].filter(([name]) => stored.includes(name)))
  const x = interpretKernel(kernelOf(dequantize, element).kernel, inputs).get('x')
  if (x === undefined) throw new Error(`${dequantize} makes no tensor x`)
  return x.data
}

/** Half a unit in the last place of each type, relative to the number. */
const halfUnit = { f32: 2 ** -24, f16: 2 ** -11, bf16: 2 ** -8 } as const

/**
 * How far an element of a finite group may be from its restored value: a number of scales, or the range of the group if that is less (for a scale
 * that replaces 0), plus the roundings of parameters and result. Values beyond the range of f16 parameters only have to stay finite.
 */
function errorBound(
  format: Format,
  x: readonly number[],
  parameters: readonly number[],
  element: ElementName,
  value: number,
): number {
  if (format.parameterType === 'f16' && Math.abs(value) > 65504) return Math.abs(value)
  const scale = Math.abs(parameters[format.scale] as number)
  const zero = parameters.length === 1 ? 0 : (parameters[1 - format.scale] as number)
  // LMDeploy's zero point is in units of the scale.
  const offset = Math.abs(zero) * (format.parameterType === 'f32' ? scale : 1)
  const largest = Math.max(...x.map(Math.abs))
  const spread = parameters.length === 1 ? largest : Math.max(...x) - Math.min(...x)
  const half = halfUnit[format.parameterType]
  const span = format.codes[1] - format.codes[0]
  const ofScale = format.parameterType === 'f16' ? span * 2 ** -25 : 0
  return (
    Math.min(spread, format.error * scale) +
    4 * half * (largest + offset + span * scale) +
    ofScale +
    2 * halfUnit[element] * largest +
    2 ** -25
  )
}

const specialParameters = {
  f32: [1 / 127, -0.5, 0, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -149, 3e38, 2 ** -130, 1e-8, 3, -7e4].map(
    Math.fround,
  ),
  f16: [1 / 128, -0.5, 0, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -24, 65504, 2 ** -15, -(2 ** -20), 3, -600],
} as const

/** Runs the dequantizer on every code, with parameters that no quantizer may produce and some that it does. */
function decoderMismatches(name: string, format: Format, element: ElementName): readonly Mismatch[] {
  const { entry, kernel } = kernelOf(name, element)
  if (entry.roundTrip === undefined) throw new Error(`${name} has no dequantizer`)
  const { roundTrip } = entry
  const { dequantize } = roundTrip
  const special = specialParameters[format.parameterType]
  const parametersOf = (group: number): readonly number[] =>
    // The second parameter runs through the same list with another stride, so that all kinds are combined.
    Array.from(
      { length: parameterCount },
      (_, i) => special[(group * (i === 0 ? 1 : 5) + i) % special.length] as number,
    )
  const [first, last] = format.codes
  const found: Mismatch[] = []
  const rows = rowsOf(element, format.groupSize)
  const layout = format.layout(Math.min(rows.length, special.length))
  const like = interpretKernel(kernel, new Map([['x', inputOf(kernel, layout, rows.slice(0, layout.groups))]]))
  const parameterCount = format.storage.read(like, layout).parameters[0]?.length ?? 0
  // As many runs as there are special values and codes, however few groups a layout takes.
  const groups = Math.max(special.length, Math.ceil((last - first + 1) / format.groupSize))
  for (let from = 0; from < groups; from += layout.groups) {
    const numbers = Array.from({ length: layout.groups }, (_, i) => from + i)
    const stored: Stored = {
      parameters: numbers.map(parametersOf),
      codes: numbers.map(group =>
        Array.from(
          { length: format.groupSize },
          (_, i) => first + ((group * format.groupSize + i) % (last - first + 1)),
        ),
      ),
    }
    const restored = restore(roundTrip, format.storage.write(stored, like, layout), element)
    stored.codes.forEach((codes, group) => {
      const parameters = stored.parameters[group] as readonly number[]
      codes.forEach((code, i) => {
        const got = restored[layout.at(group, i)] as number
        const value = format.decode(code, parameters)
        if (value === open || same(got, roundTo[element](value))) return
        found.push(
          `${dequantize}, ${element}: code ${code} with ${parameters.map(inFull)} is ${inFull(got)}, not ${inFull(roundTo[element](value))}`,
        )
      })
    })
  }
  return found
}

/** All differences between the format and the quantizer, and its dequantizer if it has one, for every element type. */
export const mismatches = (name: string, format: Format): readonly Mismatch[] =>
  elementNames.flatMap(element => {
    const { entry, kernel } = kernelOf(name, element)
    const decoded = entry.roundTrip !== undefined && !isGivenScale(kernel)
    return [...encoderMismatches(name, format, element), ...(decoded ? decoderMismatches(name, format, element) : [])]
  })
