/**
 * The messages between the page and the worker that compiles. Requests have numbers; each gets one answer, or none if a newer request made it stale.
 * All of it is plain data, and all texts are meant for people.
 */
import type { TargetName } from '@qernel/codegen'
import type { Completion, Hover } from '@qernel/kernel-file/editor'
import type { Compiled, Problem, Stage, TransformChoices, ValueChoice, Ways } from './protocol/compiled.ts'
import type { Counted, Picture } from './protocol/counted.ts'

export type * from './protocol/compiled.ts'
export type * from './protocol/counted.ts'

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
