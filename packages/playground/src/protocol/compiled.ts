/** What the engine answers of a kernel and its schedule: facts, loops, sources, and ways past refusals. */
import type { TargetName } from '@qernel/codegen'

/** The steps of one transform that were tried at a point of the schedule. */
export interface TransformChoices {
  readonly transform: string
  /** One line: what it does and when to use it. */
  readonly summary: string
  /** Steps that apply there, the simplest first. */
  readonly steps: readonly string[]
  /** A step that does not apply, if none does. */
  readonly refused?: { readonly step: string; readonly code: string; readonly message: string }
}

/** One argument of a step with another value. */
export interface ValueChoice {
  readonly argument: string
  readonly value: string
  /** The whole step with this value. */
  readonly step: string
  /** Why the schedule would be refused with it, and at which position. */
  readonly refused?: { readonly position: number; readonly code: string; readonly message: string }
}

/** What a visitor waits for after a key stroke: everything about a subject but what other requests ask for later. */
export interface Compiled {
  readonly problems: readonly Problem[]
  /** Absent if the kernel has problems. */
  readonly kernel?: KernelFacts
  /** One per step of the schedule, in order. */
  readonly steps: readonly StepResult[]
  /** The loops before any step, and after each step that applied. Only the last has lines until `stages` is answered. */
  readonly stages: readonly Stage[]
  /** Sources of the steps that apply; absent if the kernel has problems. */
  readonly sources?: Readonly<Record<TargetName, SourceResult>>
}

/** The refusals of a subject with the ways past them. */
export interface Ways {
  /** Of the first step that is refused. */
  readonly step?: RefusalFacts
  /** Of schedules that cannot run yet. */
  readonly sources: Readonly<Partial<Record<TargetName, RefusalFacts>>>
}

/** What is wrong with a request as a whole or with the text of a kernel. */
export interface Problem {
  /** Stable, in kebab case. */
  readonly code: string
  readonly message: string
  /** What would be right instead, in words. */
  readonly instead?: string
  /** Offsets in the text of the kernel. */
  readonly range?: { readonly from: number; readonly to: number }
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
  /** For a text: the export that it is, the other kernels of the text, and the compile-time parameters of this one. */
  readonly text?: TextFacts
  readonly schedules: readonly ScheduleFacts[]
}

export interface TextFacts {
  readonly name: string
  /** All exports that are kernels, in order. */
  readonly names: readonly string[]
  readonly parameters: readonly ParameterFacts[]
}

/** A compile-time parameter of a kernel file. */
export interface ParameterFacts {
  readonly name: string
  /** Its value, as text. */
  readonly value: string
  /** The values allowed; absent for any number or text. */
  readonly allowed?: readonly string[]
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
  /** Whether it was written for this kernel. */
  readonly isOwn: boolean
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
  /** What would be legal, nearest first, as the compiler words it. Empty until `ways` is answered. */
  readonly alternatives: readonly string[]
  /** Those of them that were tried: each gets the schedule past this refusal. Empty until `ways` is answered. */
  readonly edits: readonly Edit[]
}

/** A change of the steps of the request: `steps.toSpliced(at, remove, ...insert)`. */
export interface Edit {
  /** What it does, in few words: the alternative as the compiler words it. */
  readonly label: string
  readonly at: number
  readonly remove: number
  readonly insert: readonly string[]
}

/** The loops at one point of a schedule. */
export interface Stage {
  /** The step that led here; absent before any step. */
  readonly step?: string
  /** Whether the step was added so that each packed word has one owner. */
  readonly isRepair: boolean
  readonly lines: readonly StageLine[]
}

/** A line of the loops, and what the step did to it: one that only moved deeper is the same. A removed line is from the stage before. */
export interface StageLine {
  readonly text: string
  readonly change: 'same' | 'added' | 'removed'
  /** The id of the loop that the line opens. */
  readonly loop?: number
}

/** The source, or why there is none: an unfinished schedule may not run yet, for example if a workgroup has too many threads. */
export type SourceResult =
  | { readonly kind: 'source'; readonly text: string; readonly marks: readonly Mark[] }
  | { readonly kind: 'none'; readonly message: string; readonly refusal?: RefusedSchedule }

/** Lines of a source that belong to loops of the last stage: a loop with its body, or a line that uses the index of a thread. */
export interface Mark {
  /** The first line, from 1. */
  readonly from: number
  /** The last line. */
  readonly to: number
  readonly loops: readonly number[]
}

/** A refusal of a whole schedule, at the first step after which it cannot run. */
export interface RefusedSchedule extends RefusalFacts {
  /** The position of the step in the request; absent if no step is at fault. */
  readonly step?: number
}
