import type { BackEnd, TargetName } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'
import type { MakeFiles } from './emission/make-files.ts'
import { type Beside, cudaBeside, wgslBeside } from './emission/parts.ts'

/** A language that kernels are compiled to. */
export interface TargetChoice {
  readonly name: TargetName
  /** As people write it. */
  readonly language: string
  readonly summary: string
  /** The extension of its files. */
  readonly extension: string
  /** The files that may accompany a source. */
  readonly beside: Beside
  /** The kind of device that runs it. */
  readonly device: Device['kind']
  /** Imports only this back end. */
  load(): Promise<BackEnd>
  /** Imports the code that writes its files. */
  loadFiles(): Promise<MakeFiles>
}

export const targets: readonly TargetChoice[] = [
  {
    name: 'wgsl',
    language: 'WGSL',
    summary: 'WGSL for WebGPU: Node through Dawn, and browsers',
    extension: 'wgsl',
    device: 'webgpu',
    beside: wgslBeside,
    load: async () => (await import('@qernel/codegen-wgsl')).wgsl,
    loadFiles: async () => (await import('./emission/wgsl-files.ts')).wgslFiles,
  },
  {
    name: 'cuda',
    language: 'CUDA',
    summary: 'CUDA C++ for NVIDIA GPUs',
    extension: 'cu',
    device: 'cuda',
    beside: cudaBeside,
    load: async () => (await import('@qernel/codegen-cuda')).cuda,
    loadFiles: async () => (await import('./emission/cuda-files.ts')).cudaFiles,
  },
]

/** The choices of options that name a target. */
export const targetChoices: readonly TargetName[] = targets.map(({ name }) => name)
export const deviceChoices: readonly Device['kind'][] = targets.map(({ device }) => device)

export const targetNamed = (name: TargetName): TargetChoice => found(name, ({ name: each }) => each === name)

/** The language of a kind of device. */
export const targetOf = (kind: Device['kind']): TargetChoice => found(kind, ({ device }) => device === kind)

function found(what: string, isWanted: (target: TargetChoice) => boolean): TargetChoice {
  const target = targets.find(isWanted)
  if (target === undefined) throw new Error(`there is no target ${what}`)
  return target
}
