/** What an expression of a kernel file can be while the file is read: numbers that are known now, values of the kernel, and the things around them. */
import type { Groups, Index, RecordHandle, SizeHandle, StorageType, TensorHandle, Value } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { FunctionExpression, SourceText, Span } from '../syntax.ts'

/** A number, text or truth value that is known while the file is read. */
export type Plain = number | string | boolean | undefined

export type Known = Plain | Value | Index | Thing

export type Thing =
  /** The result of something that has been reported already. Whatever is made of it is poison too, and says nothing. */
  | { readonly kind: 'poison' }
  | { readonly kind: 'list'; readonly items: readonly Known[] }
  | { readonly kind: 'object'; readonly entries: ReadonlyMap<string, Known> }
  | Closure
  | Builtin
  | { readonly kind: 'type'; readonly type: StorageType }
  | { readonly kind: 'size'; readonly handle: SizeHandle; readonly multipleOf: number }
  | { readonly kind: 'groups'; readonly handle: Groups }
  | { readonly kind: 'count'; readonly groups: Groups }
  | { readonly kind: 'elements'; readonly groups: Groups; readonly group: Index }
  | { readonly kind: 'tensor'; readonly name: string; readonly handle: TensorHandle }
  | { readonly kind: 'record'; readonly name: string; readonly handle: RecordHandle<Readonly<Record<string, unknown>>> }
  | { readonly kind: 'field'; readonly type: StorageType; readonly length: Known; readonly value: Closure | undefined }
  | KernelDefinition
  | { readonly kind: 'schedule'; readonly of: Known; readonly steps: readonly Step[] }
  | { readonly kind: 'step'; readonly step: Step }

/** A function of the file, with the names that it sees. */
export interface Closure {
  readonly kind: 'closure'
  readonly expression: FunctionExpression
  readonly scope: Scope
}

/** A function of the language. */
export interface Builtin {
  readonly kind: 'builtin'
  readonly name: string
  readonly call: (call: Call) => Known
}

/** `kernel(name, define, summary)`, not yet lowered. */
export interface KernelDefinition {
  readonly kind: 'kernel'
  readonly name: string
  readonly define: Closure
  readonly summary: string
  readonly call: Call
}

/** What a name stands for: a value, one that is computed on first use, or an error. */
export type Binding =
  | { readonly kind: 'value'; readonly value: Known }
  | { readonly kind: 'lazy'; readonly get: () => Known }

/** The names that an expression sees. */
export interface Scope {
  readonly source: SourceText
  /** A scope inside this one. */
  inner(): Scope
  bind(name: string, binding: Binding): void
  find(name: string): Binding | undefined
  /** Every name that is visible here. */
  names(): readonly string[]
}

/** A place in a file, where a report points. */
export interface Place {
  readonly source: SourceText
  readonly span: Span
}

/** A call of a function of the language, or the use of an operator: its arguments, and what is needed to say what is wrong with them. */
export interface Call extends Place {
  readonly args: readonly Known[]
  /** Whether something among the arguments has been reported already. */
  readonly isPoisoned: boolean
  /** Whether anything at all has been reported. */
  readonly hasErrors: boolean
  /** The text of an argument as the author wrote it. */
  textOf(argument: number): string
  /** Reports an error, at an argument if one is named, and returns what stands for its result. */
  report(code: string, message: string, instead?: string, argument?: number): Known
  /** Reports an error elsewhere. */
  reportAt(place: Place, code: string, message: string, instead?: string): Known
  /** What the language itself says about a definition becomes an error at this place. */
  attempt(build: () => Known, argument?: number): Known
  /** Calls a function of the file. */
  invoke(closure: Closure, args: readonly Known[]): Known
}

export const poison: Known = { kind: 'poison' }

/** Whether it is a thing of this kind. */
export const isThing = <Kind extends Thing['kind']>(known: Known, kind: Kind): known is Thing & { kind: Kind } =>
  typeof known === 'object' && 'kind' in known && known.kind === kind
