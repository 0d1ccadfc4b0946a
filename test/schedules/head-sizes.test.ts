/** Head sizes of real models: each kernel of the library accepts those that its format allows, with its schedules, on both targets. */
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { InputError } from '@qernel/dsl'
import { checkFacts } from '@qernel/dsl/internal'
import { listKernels } from '@qernel/kernels'
import { findSchedule } from '@qernel/schedule'
import { expect, test } from 'vitest'

const heads = [64, 80, 96, 112, 120, 128, 192, 256, 576]

interface Rule {
  /** The names of the kernels that the rule is about. */
  readonly names: RegExp
  /** The divisor of the length of a row. */
  readonly multipleOf: number
  /** The size that determines the length of a row, and the number of elements that it counts. */
  readonly size?: readonly [name: string, elements: number]
}

/** If two rules match a kernel, the first one applies. */
const rules: readonly Rule[] = [
  { names: /^llama_cpp_(q._0_blocks|q4_0)_dequantize$/, multipleOf: 32, size: ['B', 32] },
  { names: /^llama_cpp_/, multipleOf: 32 },
  { names: /^onnx_runtime_/, multipleOf: 4 },
  { names: /^lmdeploy_u4/, multipleOf: 2, size: ['C', 2] },
  {
    names: /^(scores|attention)_(kivi|innerq|llama)|^values_llama|^(scores|values|attention)_\w+_groups(_varlen)?$/,
    multipleOf: 32,
  },
  { names: /^(scores|values|attention)_/, multipleOf: 1 },
  { names: /_g128_inner/, multipleOf: 128 },
  { names: /_g64_inner/, multipleOf: 64 },
  { names: /_g32_inner|^innerq_hybrid_|^kivi_value_/, multipleOf: 32 },
  { names: /^(int8_|fp8_|kivi_key_|lmdeploy_u8|vllm_|group_\w+_outer)/, multipleOf: 1 },
]

const cases = listKernels().map(library => {
  const rule = rules.find(({ names }) => names.test(library.name))
  if (rule === undefined) throw new Error(`no rule says which rows ${library.name} takes`)
  return { name: library.name, library, rule }
})

/** Kernels of one factory differ only in numbers: longer groups, and codes of other widths, are compiled for one size. */
const isCompiledForAll = (name: string): boolean =>
  !/_g(64|128)_|group_symmetric_i[32]_\w+_outer|group_asymmetric_u[82]_\w+_outer/.test(name)

test.each(cases)('$name', ({ library, rule: { multipleOf, size: [size, elements] = ['D', 1] } }) => {
  const kernel = library.define()
  expect(kernel.sizes.map(({ name }) => name)).toContain(size)
  const taken = heads.filter(head => head % multipleOf === 0)
  const fixedTo = (head: number) => new Map([[size, head / elements]])
  for (const head of heads.filter(each => !taken.includes(each) && Number.isInteger(each / elements)))
    expect(() => checkFacts(kernel, fixedTo(head)), String(head)).toThrow(InputError)
  for (const target of [wgsl, cuda]) {
    // The same steps for every size.
    expect(target.compile(kernel, findSchedule('naive')?.steps({ kernel }) ?? []).launches.length).toBeGreaterThan(0)
    for (const head of isCompiledForAll(library.name) ? taken : taken.slice(-1)) {
      const fixed = fixedTo(head)
      checkFacts(kernel, fixed)
      for (const one of library.schedules.filter(each => each.name === 'best')) {
        const steps = one.steps({ kernel, target: { name: target.portableTarget.name }, fixed })
        expect(
          target.compile(kernel, steps, { fixed }).launches.length,
          `${head} for ${target.portableTarget.name}`,
        ).toBeGreaterThan(0)
      }
    }
  }
})
