import { affine, kernelHash } from '@qernel/dsl'
import { namedSchedules, printStep, type ScheduleRequest } from '@qernel/schedule'
import type { KernelFacts, ScheduleFacts } from '../protocol.ts'
import type { FoundKernel } from './found-kernel.ts'

/** What the page says about a kernel, and the schedules that go with it: its own, then those of every kernel. */
export const kernelFacts = (
  { kernel, schedules, text }: FoundKernel,
  request: Omit<ScheduleRequest, 'kernel'>,
): KernelFacts => ({
  name: kernel.name,
  summary: kernel.summary,
  hash: kernelHash(kernel),
  sizes: kernel.sizes.map(({ name }) => name),
  tensors: kernel.tensors.map(({ name, role, type, dims }) => ({
    name,
    role: role === 'local' ? 'temporary' : role,
    type: type.name,
    shape: dims.map(affine.printExtent),
  })),
  ...(text && { text }),
  schedules: [...schedules, ...namedSchedules].map(
    (schedule): ScheduleFacts => ({
      name: schedule.name,
      summary: schedule.summary,
      steps: schedule.steps({ kernel, ...request }).map(printStep),
    }),
  ),
})
