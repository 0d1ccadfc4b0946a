/**
 * The messages between the page and the worker that compiles. Requests have numbers; each gets one answer, or none if a newer request made it stale.
 * All of it is plain data, and all texts are meant for people.
 */
import type { TargetName } from '@qernel/codegen'

/** What is compiled: a kernel, the steps of its schedule, and the sizes. */
export interface Subject {
  readonly kernel: KernelSource
  readonly schedule: ScheduleSource
  /** Sizes fixed at compile time. */
  readonly fixed: Readonly<Record<string, number>>
  /** Values of open sizes for counting bytes; a size that is absent gets a value around 1024. */
  readonly at: Readonly<Record<string, number>>
}

/** A kernel of the library. */
export interface KernelSource {
  readonly kind: 'library'
  readonly name: string
  /** The storage type of its float tensor, such as `f16`; by default its first. */
  readonly element?: string
}

/** A schedule by its name, or steps as text, each of which may be switched off. */
export type ScheduleSource =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'steps'; readonly steps: readonly StepText[] }

export interface StepText {
  /** `tile(t=16,d=64)` */
  readonly text: string
  readonly isOn: boolean
}

export type Request = CompileRequest

export interface CompileRequest {
  readonly kind: 'compile'
  readonly id: number
  readonly subject: Subject
  /** The target whose loops are shown: steps that it needs so that each packed word has one owner differ. */
  readonly target: TargetName
}

export type Response =
  | { readonly kind: 'compiled'; readonly id: number; readonly compiled: Compiled }
  /** A fault of ours: the request met an error that nobody expected. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }

/** Everything about a subject that the page shows at once. */
export interface Compiled {
  readonly problems: readonly Problem[]
  /** Absent if the kernel has problems. */
  readonly kernel?: KernelFacts
  /** One per step of the schedule, in order. */
  readonly steps: readonly StepResult[]
  /** The loops before any step, and after each step that applied. */
  readonly stages: readonly Stage[]
  /** Sources of the steps that apply; absent if the kernel has problems. */
  readonly sources?: Readonly<Record<TargetName, SourceResult>>
}

/** What is wrong with a request as a whole or with the text of a kernel. */
export interface Problem {
  /** Stable, in kebab case. */
  readonly code: string
  readonly message: string
  /** What would be right instead, in words. */
  readonly instead?: string
}

export interface KernelFacts {
  readonly name: string
  /** One line: what it computes. */
  readonly summary: string
  /** The identity of the definition: 16 hexadecimal digits. */
  readonly hash: string
  /** Names of the sizes, in order. */
  readonly sizes: readonly string[]
  readonly tensors: readonly TensorFacts[]
  readonly schedules: readonly ScheduleFacts[]
}

export interface TensorFacts {
  readonly name: string
  readonly role: 'input' | 'output' | 'temporary'
  /** The name of its storage type. */
  readonly type: string
  /** An extent per axis, as text: `T`, `T/16`, `128`. */
  readonly shape: readonly string[]
}

/** A schedule that goes with the kernel: written for it, or one that every kernel has. */
export interface ScheduleFacts {
  readonly name: string
  readonly summary: string
  /** `tile(t=16,d=64)`, one text per step. */
  readonly steps: readonly string[]
}

export interface StepResult {
  readonly text: string
  readonly isOn: boolean
  readonly outcome:
    | { readonly kind: 'off' }
    /** `stage` is the position of the loops after it in `stages`. */
    | { readonly kind: 'applied'; readonly stage: number }
    | { readonly kind: 'refused'; readonly refusal: RefusalFacts }
    /** The text is no step: `at` is the offset in it from which on it is not understood. */
    | { readonly kind: 'unreadable'; readonly at: number; readonly message: string }
    /** A step before it did not apply. */
    | { readonly kind: 'unreached' }
}

export interface RefusalFacts {
  readonly code: string
  readonly message: string
  /** Ids of the loops that it concerns, in the last stage before the step. */
  readonly loops: readonly number[]
  /** What would be legal, nearest first, as the compiler words it. */
  readonly alternatives: readonly string[]
}

/** The loops at one point of a schedule. */
export interface Stage {
  /** The step that led here; absent before any step. */
  readonly step?: string
  /** Whether the step was added so that each packed word has one owner. */
  readonly isRepair: boolean
  readonly lines: readonly StageLine[]
}

export interface StageLine {
  readonly text: string
  /** The id of the loop that the line opens. */
  readonly loop?: number
}

/** The source, or why there is none: an unfinished schedule may not run yet, for example if a workgroup has too many threads. */
export type SourceResult =
  | { readonly kind: 'source'; readonly text: string }
  | { readonly kind: 'none'; readonly message: string; readonly refusal?: RefusedSchedule }

/** A refusal of a whole schedule, at the first step after which it cannot run. */
export interface RefusedSchedule extends RefusalFacts {
  /** The position of the step in the request; absent if no step is at fault. */
  readonly step?: number
}
