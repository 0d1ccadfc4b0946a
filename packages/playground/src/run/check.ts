/** Runs a kernel at a small size, with special values among its inputs, and compares every element with the interpreter. */
import { disagreementText, freedomOf, judge } from '@qernel/acceptance'
import { compileFor } from '@qernel/codegen'
import { type Device, runKernel } from '@qernel/runtime/webgpu'
import { randomInputs } from '@qernel/testing/inputs'
import type { Check } from './messages.ts'
import type { Runnable } from './runnable.ts'
import { checkSizes } from './sizes.ts'

/** The most wrong elements that are told. */
const mostTold = 5

export async function check(device: Device, { kernel, steps, nest }: Runnable): Promise<Check> {
  const sizes = checkSizes(nest)
  const { fixed } = nest
  const inputs = randomInputs(kernel, sizes, 'mixed', 1)
  const open = Object.fromEntries([...sizes].filter(([name]) => !fixed.has(name)))
  const compiled = compileFor(device.backEnd, kernel, steps, open, { target: device.target, fixed })
  const executable = await device.load(compiled)
  try {
    const { outputs } = await runKernel(device, executable, { inputs, sizes: open })
    const verdict = judge({ kernel, inputs, sizes, steps, fixed }, outputs, freedomOf(device))
    const sum = (of: 'total' | 'equal' | 'allowed'): number => verdict.outputs.reduce((all, one) => all + one[of], 0)
    return {
      kind: 'checked',
      isRight: verdict.isRight,
      sizes: Object.fromEntries(sizes),
      total: sum('total'),
      equal: sum('equal'),
      allowed: sum('allowed'),
      reasons: [...new Set(verdict.outputs.flatMap(({ reasons }) => Object.keys(reasons)))],
      wrong: verdict.disagreements.slice(0, mostTold).map(disagreementText),
    }
  } finally {
    device.unload(executable)
  }
}
