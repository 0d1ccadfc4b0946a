/** The messages between the page and the worker that runs kernels on the visitor's GPU. A request is followed by events, of which the last is its end. */
import type { Subject } from '../protocol.ts'

export type RunRequest = DeviceRequest | SubjectRequest | SweepRequest

/** Opens the device, and says what it is. */
export interface DeviceRequest {
  readonly kind: 'device'
  readonly id: number
}

/** Checks a kernel at a small size, and measures it at a large one. */
export interface SubjectRequest {
  readonly kind: 'run'
  readonly id: number
  readonly subject: Subject
}

/** Checks and measures several schedules of a kernel, one after the other. */
export interface SweepRequest {
  readonly kind: 'sweep'
  readonly id: number
  readonly subject: Omit<Subject, 'schedule'>
  readonly schedules: readonly NamedSteps[]
}

export interface NamedSteps {
  readonly name: string
  /** `tile(t=16,d=64)`, one text per step. */
  readonly steps: readonly string[]
}

export type RunEvent = DeviceEvent | ProgressEvent | CheckedEvent | MeasuredEvent | EndEvent

export interface DeviceEvent {
  readonly kind: 'device'
  readonly id: number
  readonly device: DeviceFacts
}

/** What happens next, as a sentence without a full stop. */
export interface ProgressEvent {
  readonly kind: 'progress'
  readonly id: number
  readonly text: string
}

export interface CheckedEvent {
  readonly kind: 'checked'
  readonly id: number
  readonly schedule: string
  readonly check: Check
}

export interface MeasuredEvent {
  readonly kind: 'measured'
  readonly id: number
  readonly schedule: string
  readonly measurement: Measurement
}

/** The end of a request. A sweep goes on after a schedule that stopped, which it reports as an event of its own. */
export interface EndEvent {
  readonly kind: 'end'
  readonly id: number
  readonly outcome: Outcome
}

export type Outcome = { readonly kind: 'done' } | Stopped

/** Why something did not run. The page says the message as it stands. */
export interface Stopped {
  readonly kind: 'stopped'
  readonly reason: 'no-webgpu' | 'refused' | 'lost' | 'timed-out' | 'cancelled' | 'failed'
  readonly message: string
}

/** Two columns of text. */
export type Rows = readonly (readonly [name: string, value: string])[]

export interface DeviceFacts {
  readonly name: string
  readonly driver: string
  /** Whether it runs on the CPU, so that its times say nothing about a GPU. */
  readonly isSoftware: boolean
  readonly limits: Rows
  /** How it computes where WGSL leaves it open, as measured in this page. */
  readonly numerics: Rows
}

/** The comparison with the interpreter, or why there is none. */
export type Check =
  | {
      readonly kind: 'checked'
      readonly isRight: boolean
      readonly sizes: Readonly<Record<string, number>>
      /** Elements compared, and those that are equal bit for bit. */
      readonly total: number
      readonly equal: number
      /** Others that are right because WGSL leaves a choice: reasons in words. */
      readonly allowed: number
      readonly reasons: readonly string[]
      /** The first wrong elements, as sentences. */
      readonly wrong: readonly string[]
    }
  | Stopped

/** A time, or why there is none. */
export type Measurement =
  | {
      readonly kind: 'measured'
      readonly sizes: Readonly<Record<string, number>>
      readonly medianMs: number
      /** 20th and 80th percentile. */
      readonly p20: number
      readonly p80: number
      readonly launches: number
      readonly clock: 'gpu timestamps' | 'host clock'
      /** What limits the time as a measurement: a coarse clock, a software device. */
      readonly notes: readonly string[]
      /** The fewest bytes that the kernel has to move, and these per second: 10^9 bytes. */
      readonly bytes: number
      readonly gigabytesPerSecond: number
    }
  | Stopped
