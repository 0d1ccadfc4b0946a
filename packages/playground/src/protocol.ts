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
  /** Values of open sizes for counting bytes; one that is absent, or that the kernel or the schedule excludes, gets a value around 1024. */
  readonly at: Readonly<Record<string, number>>
}

/** A kernel of the library, or the text of a kernel file, which is read and never executed. */
export type KernelSource = LibrarySource | TextSource

export interface LibrarySource {
  readonly kind: 'library'
  readonly name: string
  /** The storage type of its float tensor, such as `f16`; by default its first. */
  readonly element?: string
}

/** A kernel file. It may import `@qernel/dsl/source`, transforms of `@qernel/schedule`, and files of the library by their names. */
export interface TextSource {
  readonly kind: 'text'
  readonly text: string
  /** The export that is meant; by default the first that is a kernel. */
  readonly name?: string
  /** Values of compile-time parameters, such as `{ group: '64' }`. */
  readonly set?: Readonly<Record<string, string>>
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

export type Request =
  | CompileRequest
  | CountedRequest
  | StagesRequest
  | WaysRequest
  | PictureRequest
  | ChoicesRequest
  | ValuesRequest
  | TextRequest
  | CompleteRequest
  | HoverRequest
  | DiagnoseRequest

export interface CompileRequest {
  readonly kind: 'compile'
  readonly id: number
  readonly subject: Subject
  /** The target whose loops are shown: steps that it needs so that each packed word has one owner differ. */
  readonly target: TargetName
}

/** Asks what the last stage moves, which is not shown before the sources. */
export interface CountedRequest {
  readonly kind: 'counted'
  readonly id: number
  readonly subject: Subject
  readonly target: TargetName
}

/** Asks for the lines of all stages. */
export interface StagesRequest {
  readonly kind: 'stages'
  readonly id: number
  readonly subject: Subject
  readonly target: TargetName
}

/** Asks for ways past the refusals of a subject, which takes many trials. */
export interface WaysRequest {
  readonly kind: 'ways'
  readonly id: number
  readonly subject: Subject
  readonly target: TargetName
}

/** Asks who touches what through one access of the last stage. */
export interface PictureRequest {
  readonly kind: 'picture'
  readonly id: number
  readonly subject: Subject
  readonly target: TargetName
  /** Its position in `Counted.accesses`. */
  readonly access: number
}

/** Asks which steps may be inserted at a position. */
export interface ChoicesRequest {
  readonly kind: 'choices'
  readonly id: number
  readonly subject: Subject
  readonly target: TargetName
  /** The step is inserted before the step at this position; the number of steps for the end. */
  readonly position: number
}

/** Asks which other values the arguments of a step may have. */
export interface ValuesRequest {
  readonly kind: 'values'
  readonly id: number
  readonly subject: Subject
  readonly target: TargetName
  readonly position: number
}

/** Asks for a kernel of the library as text that can be edited. */
export interface TextRequest {
  readonly kind: 'text'
  readonly id: number
  readonly source: LibrarySource
}

/** Asks what may be written at an offset in the text of a kernel. */
export interface CompleteRequest {
  readonly kind: 'complete'
  readonly id: number
  readonly text: string
  readonly offset: number
}

/** Asks what the name at an offset is. */
export interface HoverRequest {
  readonly kind: 'hover'
  readonly id: number
  readonly text: string
  readonly offset: number
}

/** Asks for errors of types, which a kernel may have besides the problems of the language. */
export interface DiagnoseRequest {
  readonly kind: 'diagnose'
  readonly id: number
  readonly text: string
}

/** What each kind of request is answered with. */
export interface Answers {
  readonly compile: Compiled
  /** Undefined if the kernel has problems. */
  readonly counted: Counted | undefined
  readonly stages: readonly Stage[]
  readonly ways: Ways
  /** Undefined if its positions are computed, or the first workgroup touches nothing. */
  readonly picture: Picture | undefined
  /** One per transform. */
  readonly choices: readonly TransformChoices[]
  /** One per value that was tried; empty if the step does not apply. */
  readonly values: readonly ValueChoice[]
  /** Undefined if the library has no such kernel. */
  readonly text: TextSource | undefined
  /** Not filtered by what is written already. */
  readonly complete: readonly Completion[]
  /** Undefined where there is no name. */
  readonly hover: Hover | undefined
  readonly diagnose: readonly Problem[]
}

/** Something that may be written at a place. */
export interface Completion {
  readonly label: string
  /** `function`, `const`, `property`, `keyword`, … as TypeScript names it. */
  readonly kind: string
}

/** What is known about a name. */
export interface Hover {
  /** Offsets of the name. */
  readonly from: number
  readonly to: number
  /** Its declaration, in one or more lines. */
  readonly signature: string
  /** Empty if it has none. */
  readonly documentation: string
}

export type Kind = keyof Answers

export type Response = Answer | Failure | Stale

type Answer = {
  readonly [K in Kind]: { readonly kind: K; readonly id: number; readonly result: Answers[K] }
}[Kind]

/** A fault of ours: the request met an error that nobody expected. */
export interface Failure {
  readonly kind: 'failed'
  readonly id: number
  readonly message: string
}

/** A newer request made this one pointless while it was worked on. */
export interface Stale {
  readonly kind: 'stale'
  readonly id: number
}

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

/** The last stage at given sizes. */
export interface Counted {
  /** The value of every size. */
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: {
    readonly read: number
    readonly written: number
    readonly repeated: number
    readonly fewest: number
  }
  readonly tensors: readonly TensorTraffic[]
  readonly dispatches: readonly DispatchFacts[]
  readonly accesses: readonly AccessFacts[]
  readonly loops: readonly LoopFacts[]
  /** What must be true at every launch: `D must be a multiple of 4, by step 3: predicate(d=assume)`. */
  readonly assumptions: readonly string[]
}

/** Bytes of one tensor in global memory. */
export interface TensorTraffic {
  readonly tensor: string
  readonly role: 'input' | 'output' | 'temporary'
  readonly moved: number
  /** One read of an input, one write of an output. */
  readonly fewest: number
  /** Loads that some loop repeats and caches serve; not part of `moved`. */
  readonly repeated: number
}

export interface DispatchFacts {
  /** Extents as text; empty if there is one workgroup. */
  readonly grid: readonly string[]
  readonly threads: number
  readonly sharedBytes: number
}

/** One access to global memory. */
export interface AccessFacts {
  readonly buffer: string
  readonly kind: 'load' | 'store' | 'update'
  readonly dispatch: number
  /** Bytes that one access of a thread takes. */
  readonly laneBytes: number
  readonly pattern: 'contiguous' | 'same' | 'strided' | 'single' | 'computed'
  /** Sectors of 32 bytes that the first access of the first 32 threads moves, and the fewest; absent if positions are computed. */
  readonly sectors?: { readonly moved: number; readonly fewest: number }
  /** Ids of the loops that its position depends on. */
  readonly loops: readonly number[]
}

/** A window of a tensor, and the threads of the first workgroup that touch its elements through one access. */
export interface Picture {
  /** Extents of the tensor. */
  readonly dims: readonly number[]
  /** The position along all but the last two axes. */
  readonly plane: readonly number[]
  /** Positions along the axis before the last, in order; `[0]` for a tensor of one axis. */
  readonly rows: readonly number[]
  /** The first position along the last axis, and how many follow. */
  readonly left: number
  readonly columns: number
  /** How many rows and columns the workgroup touches in all. */
  readonly ofRows: number
  readonly ofColumns: number
  /** One per touched element of the window: the first thread that touches it. */
  readonly touches: readonly Touch[]
}

export interface Touch {
  readonly thread: number
  /** Which of its accesses, from 0. */
  readonly moment: number
  /** Position in `rows`. */
  readonly row: number
  /** Position from `left`. */
  readonly column: number
}

export interface LoopFacts {
  readonly id: number
  readonly name: string
  readonly axis: string
  /** `serial`, `unroll`, `vector`, `grid.x`, `block.x`, … */
  readonly mode: string
  /** Its length as text. */
  readonly extent: string
  readonly dispatch: number
  /** The step that made or last changed it. */
  readonly madeBy?: string
}
