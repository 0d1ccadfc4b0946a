import { affine, kernelHash } from '@qernel/dsl'
import { memoize } from '@qernel/dsl/internal'
import { namedSchedules, printStep, type ScheduleRequest } from '@qernel/schedule'
import type { KernelFacts, ScheduleFacts } from '../protocol.ts'
import type { FoundKernel } from './found-kernel.ts'

/** What the page says about a kernel, and the schedules that go with it: its own, then those of every kernel. Remembered, since schedules try steps. */
export function kernelFacts(found: FoundKernel, request: Omit<ScheduleRequest, 'kernel'>): KernelFacts {
  const known = remembered(found)
  const key = JSON.stringify([request.target?.name, ...(request.fixed ?? [])])
  const facts = known.get(key) ?? factsOf(found, request)
  known.set(key, facts)
  return facts
}

const remembered = memoize((_: FoundKernel) => new Map<string, KernelFacts>(), 4)

const factsOf = ({ kernel, schedules, text }: FoundKernel, request: Omit<ScheduleRequest, 'kernel'>): KernelFacts => ({
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
      isOwn: schedules.includes(schedule),
      steps: schedule.steps({ kernel, ...request }).map(printStep),
    }),
  ),
})
