/** The messages between a supervisor and its worker process: plain data, sent with structured clones. */
import type { BenchSettings } from '@qernel/bench'
import type { Target } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'
import type { Stage } from '../measure/failure-class.ts'
import type { Final } from '../measure/finalists.ts'
import type { Result, Task } from '../measure/result.ts'

/** Which device a worker opens: see `OpenOptions` of `@qernel/runtime`. */
export interface DeviceChoice {
  readonly kind: Device['kind']
  readonly adapter?: string
}

/** The settings of a measurement; those that are left out depend on whether the device is software. */
export type Settings = Partial<BenchSettings>

/** What a worker measures. */
export interface Assignment {
  readonly device: DeviceChoice
  /** Modules that add transforms. */
  readonly plugins: readonly string[]
  /** The text of `serializeKernel`. */
  readonly kernel: string
  /** The float tensor that decides the mix of reads and writes. */
  readonly wide: string
  readonly sizes: ReadonlyMap<string, number>
  /** The size that is given at launch. */
  readonly open: string
  readonly settings: Settings
  /** Whether to measure the ceiling of the mix first. */
  readonly measuresCeiling: boolean
}

/** The device that a worker has opened. */
export interface OpenedDevice {
  readonly kind: Device['kind']
  readonly name: string
  readonly driver: string
  readonly isSoftware: boolean
  readonly target: Target
}

export type ToWorker =
  | { readonly type: 'assignment'; readonly assignment: Assignment }
  | { readonly type: 'evaluate'; readonly tasks: readonly Task[] }
  | { readonly type: 'final'; readonly ids: readonly string[]; readonly rounds: number }
  | { readonly type: 'leave' }

export type FromWorker =
  /** The device is open: the space can be made while its arrays are filled. */
  | { readonly type: 'opened'; readonly device: OpenedDevice }
  /** The device is open, the arrays are filled. `code` is the hash of the code of the reference, `generator` that of the generator. */
  | {
      readonly type: 'ready'
      readonly device: OpenedDevice
      readonly settings: BenchSettings
      readonly code: string
      readonly generator: string
      readonly bytes: number
      /** As measured just now, if the assignment asks for it. */
      readonly ceiling?: { readonly mix: string; readonly tbps: number }
    }
  /** Nothing can be measured: there is no such device, or no schedule runs at this size. */
  | { readonly type: 'refused'; readonly name: string; readonly message: string }
  | { readonly type: 'begin'; readonly id: string; readonly stage: Stage }
  | { readonly type: 'end'; readonly id: string }
  | { readonly type: 'finished'; readonly id: string; readonly result: Result }
  | { readonly type: 'final'; readonly final: Final }
  | { readonly type: 'lost'; readonly message: string }
