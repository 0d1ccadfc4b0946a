/**
 * The part of TypeScript that a kernel may consist of, as plain data. Everything else is one node that says what it is and what to write instead, and
 * is an error only where a kernel uses it.
 */

/** A file that was read. */
export interface SourceText {
  /** As the user named it, for messages. */
  readonly path: string
  readonly text: string
}

/** Offsets in the text of a file. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What is not part of the language, and what to write instead. */
export interface Unsupported {
  readonly code: string
  readonly what: string
  readonly instead: string
}

export type Expression =
  | { readonly kind: 'constant'; readonly span: Span; readonly value: number | string | boolean | undefined }
  | { readonly kind: 'name'; readonly span: Span; readonly name: string }
  /** `a${b}c`: texts and expressions, joined. */
  | { readonly kind: 'template'; readonly span: Span; readonly parts: readonly Expression[] }
  | { readonly kind: 'list'; readonly span: Span; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly span: Span; readonly entries: readonly ObjectEntry[] }
  | FunctionExpression
  | {
      readonly kind: 'call'
      readonly span: Span
      readonly callee: Expression
      readonly args: readonly Expression[]
    }
  | { readonly kind: 'member'; readonly span: Span; readonly of: Expression; readonly name: string }
  | { readonly kind: 'element'; readonly span: Span; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'unary'; readonly span: Span; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly span: Span
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'conditional'
      readonly span: Span
      readonly condition: Expression
      readonly whenTrue: Expression
      readonly whenFalse: Expression
    }
  | ({ readonly kind: 'unsupported'; readonly span: Span } & Unsupported)

export interface ObjectEntry {
  readonly name: string
  readonly value: Expression
}

export interface FunctionExpression {
  readonly kind: 'function'
  readonly span: Span
  /** The name of a function expression, which is known only inside. */
  readonly name?: string
  readonly parameters: readonly Parameter[]
  readonly body: Expression | Block
}

export interface Parameter {
  readonly span: Span
  readonly pattern: Pattern
  readonly initial?: Expression
  readonly type?: TypeSyntax
}

/** What a constant or a parameter binds: a name, or names of parts. */
export type Pattern =
  | { readonly kind: 'name'; readonly span: Span; readonly name: string }
  | { readonly kind: 'list'; readonly span: Span; readonly items: readonly (Pattern | undefined)[] }
  | { readonly kind: 'object'; readonly span: Span; readonly entries: readonly PatternEntry[] }
  | ({ readonly kind: 'unsupported'; readonly span: Span } & Unsupported)

export interface PatternEntry {
  readonly name: string
  readonly pattern: Pattern
  readonly initial?: Expression
}

/** As much of a type as the allowed values of a parameter need. */
export type TypeSyntax =
  | { readonly kind: 'literals'; readonly values: readonly (number | string | boolean)[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, TypeSyntax> }
  | { readonly kind: 'other' }

export interface Block {
  readonly kind: 'block'
  readonly span: Span
  readonly statements: readonly Statement[]
}

export type Statement =
  | { readonly kind: 'const'; readonly span: Span; readonly pattern: Pattern; readonly value: Expression }
  | { readonly kind: 'return'; readonly span: Span; readonly value: Expression | undefined }
  | { readonly kind: 'expression'; readonly span: Span; readonly value: Expression }
  | {
      readonly kind: 'if'
      readonly span: Span
      readonly condition: Expression
      readonly whenTrue: readonly Statement[]
      readonly whenFalse: readonly Statement[] | undefined
    }
  /** Declares a name that may not be used. */
  | ({ readonly kind: 'unsupported'; readonly span: Span; readonly names: readonly string[] } & Unsupported)

export interface Import {
  readonly span: Span
  /** The name in this file. */
  readonly local: string
  /** The name in the other file, or `*`. */
  readonly imported: string
  readonly from: string
  /** Whether it is imported as a type, and so is no value. */
  readonly isType: boolean
}

export interface Module {
  readonly source: SourceText
  readonly imports: readonly Import[]
  /** The statements of the file, without imports and types. */
  readonly statements: readonly Statement[]
  readonly types: ReadonlyMap<string, TypeSyntax>
  /** The names that the file exports, each with its name inside. */
  readonly exports: ReadonlyMap<string, string>
}
