import type { BackEnd } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'

/** A language that kernels are compiled to. */
export interface TargetChoice {
  readonly name: 'wgsl' | 'cuda'
  readonly summary: string
  /** What its files are called. */
  readonly extension: string
  /** Imports the back end, and nothing of the others. */
  load(): Promise<BackEnd>
}

export const targets: readonly TargetChoice[] = [
  {
    name: 'wgsl',
    summary: 'WGSL for WebGPU: Node through Dawn, and browsers',
    extension: 'wgsl',
    load: async () => (await import('@qernel/codegen-wgsl')).wgsl,
  },
  {
    name: 'cuda',
    summary: 'CUDA C++ for NVIDIA GPUs',
    extension: 'cu',
    load: async () => (await import('@qernel/codegen-cuda')).cuda,
  },
]

/** The language of a kind of device. */
export function targetOf(kind: Device['kind']): TargetChoice {
  const name = kind === 'cuda' ? 'cuda' : 'wgsl'
  return targets.find(each => each.name === name) as TargetChoice
}
