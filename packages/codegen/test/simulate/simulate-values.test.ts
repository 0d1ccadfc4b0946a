/** Programs that are right: the simulator finds nothing, and its outputs equal those of the interpreter, bit for bit. */

import { bf16, f16, f32, interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { roundUpTo } from '@qernel/dsl/internal'
import { namedSchedules } from '@qernel/schedule'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DeviceProgram, prepare, renderFinding, simulate, type Target } from '../../src/index.ts'
import { isolateProducts, removeDeadCode, roundEachOperation, scalarize } from '../../src/internal.ts'
import { dequantize, perChannel, quantize } from '../int8-kernels.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, cudaTarget, finishedAsIs, wgslTarget } from '../targets.ts'

/** Values that distinguish −0 from +0; all NaNs are equal. */
const exactly = (tensors: ReadonlyMap<string, Tensor>) =>
  new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]))

const kernels = [f32, f16, bf16].flatMap(element =>
  [perChannel(element), quantize(element), dequantize(element)].map(kernel => ({ kernel, element: element.name })),
)
const targets = [wgslTarget, cudaTarget]

const cases = kernels.flatMap(({ kernel, element }) =>
  namedSchedules.flatMap(({ name: schedule, steps }) =>
    targets.map(target => ({
      name: `${kernel.name} of ${element}, ${schedule}, ${target.name}`,
      kernel,
      steps,
      target,
    })),
  ),
)

const anySize = fc.oneof(fc.nat(9), fc.constantFrom(0, 1, 13, 15, 16, 17, 31, 64, 65, 67))

describe.each(cases)('$name', ({ kernel, steps, target }) => {
  const { scheduled, finished: lowered } = prepare(asLowered(target), kernel, steps({ kernel }))
  const { program } = lowered
  const programs = [
    { form: 'as lowered', one: program },
    { form: 'rewritten', one: rewritten(program, target) },
  ]

  test.each(programs)('is right at any sizes and in any order of threads, $form', ({ one }) => {
    fc.assert(
      fc.property(fc.record({ T: anySize, D: anySize }), fc.nat(2 ** 31), (drawn, seed) => {
        const sizes = new Map(Object.entries(drawn))
        for (const { size, multipleOf } of scheduled.nest.assumptions)
          sizes.set(size, roundUpTo(sizes.get(size) as number, multipleOf))
        const inputs = randomTensors(kernel, sizes, seed)
        const { outputs, findings } = simulate(finishedAsIs({ ...lowered, program: one }, target), inputs, sizes, {
          seed,
        })
        expect(findings.map(renderFinding)).toEqual([])
        expect(exactly(outputs)).toEqual(exactly(expectedOutputs(kernel, inputs, sizes)))
      }),
      { numRuns: 8 },
    )
  })
})

/** The passes of this package that split expressions into statements or hide values. `checkKernel` tries the lists of the back ends. */
const rewritten = (program: DeviceProgram, { name }: Target): DeviceProgram =>
  name === 'cuda' ? scalarize(removeDeadCode(isolateProducts(program))) : roundEachOperation(program)

function expectedOutputs(
  kernel: Kernel,
  inputs: ReadonlyMap<string, Tensor>,
  sizes: ReadonlyMap<string, number>,
): Map<string, Tensor> {
  const roles = new Map(kernel.tensors.map(({ name, role }) => [name, role]))
  return new Map([...interpretKernel(kernel, inputs, sizes)].filter(([name]) => roles.get(name) === 'output'))
}
