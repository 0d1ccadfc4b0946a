import { join } from 'node:path'
import type { WholeFile } from '@qernel/cli'
import type { Target } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel } from '@qernel/dsl'
import { namedSchedules } from '@qernel/schedule'

/** The source of every kernel under every schedule: the WGSL for the device that runs it, and the CUDA. */
export function generatedFiles(kernels: readonly Kernel[], device: Target, folder: string): WholeFile[] {
  return kernels.flatMap(kernel =>
    namedSchedules.flatMap(({ name: scheduleName, steps }) => {
      const file = join(folder, `${kernel.name}.${scheduleName}`)
      return [
        {
          path: `${file}.wgsl`,
          content: wgsl.compile(kernel, steps({ kernel }), { target: device, scheduleName }).source,
        },
        { path: `${file}.cu`, content: cuda.compile(kernel, steps({ kernel }), { scheduleName }).source },
      ]
    }),
  )
}
