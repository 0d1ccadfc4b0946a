/**
 * Generated CUDA, executed: the files as they ship, compiled for the CPU and run by the CUDA device, against the interpreter, bit for bit. With
 * `QERNEL_CASES` above 1000, every kernel of the library is tried in every element type and on every class of values.
 */
import { bf16, f16, f32 } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import { type ValueClass, valueClasses } from '@qernel/testing'
import { afterAll, expect, test } from 'vitest'
import { differences, libraryCases, oddSizes } from '../kernels/library-cases.ts'
import { hasHostCompiler, openHostCuda } from './host/host-cuda.ts'

const isThorough = Number(process.env.QERNEL_CASES ?? 0) > 1000
/** `mixed` contains a little of everything. */
const tried: readonly ValueClass[] = isThorough ? valueClasses : ['mixed', 'ties', 'denormals', 'saturation']
/** Kernels of one factory differ only in numbers. */
const isTried = ({ name }: LibraryKernel): boolean => isThorough || !/_g(64|128)_/.test(name)
const isNarrow = ({ name }: LibraryKernel): boolean =>
  /^(int8_per_token|kivi_value_u2|kivi_key_u4|innerq_hybrid_u3|llama_cpp_q8_0|llama_cpp_q4_0_dequantize)$/.test(name)

const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))
test.skipIf(hasHostCompiler)('generated CUDA is not executed here: there is no g++', () => undefined)

const cases = hosts.flatMap(({ device }) =>
  [
    ...libraryCases(device, isTried, isThorough ? { elements: [f32, f16, bf16] } : {}),
    ...libraryCases(device, isNarrow, { elements: [f16, bf16], named: [] }),
  ].map(one => ({ ...one, device })),
)
await hosts[0]?.compile(cases.map(({ compiled }) => compiled))

test.each(cases)('$title', async ({ device, ...one }) => {
  for (const [seed, values] of tried.entries()) {
    const wrong = await differences(device, one, oddSizes(one.kernel, one.compiled), values, seed)
    expect(wrong, values).toEqual([])
  }
})
