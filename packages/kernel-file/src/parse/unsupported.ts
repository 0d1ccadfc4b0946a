/** What TypeScript has and kernels do not, by the name of the kind of syntax, with what to write instead. */
import type { Unsupported } from '../syntax.ts'

const loop: Unsupported = {
  code: 'loop',
  what: 'a kernel has no loops',
  instead:
    'a stage computes every element of its tensor; sum(D, d => …), max(D, d => …) or min(D, d => …) run over an axis',
}
const mutation: Unsupported = {
  code: 'mutation',
  what: 'a kernel changes nothing once it has a value',
  instead: 'a new constant: const y = x + 1',
}
const async: Unsupported = {
  code: 'async',
  what: 'a kernel waits for nothing',
  instead: 'a plain function: (t, d) => …',
}
const classes: Unsupported = {
  code: 'class',
  what: 'a kernel has no classes and no objects with methods',
  instead: 'functions and constants',
}
const exceptions: Unsupported = {
  code: 'exception',
  what: 'a kernel throws and catches nothing',
  instead: 'a value for every case: condition ? a : b',
}
const branch: Unsupported = {
  code: 'switch',
  what: 'a kernel has no switch',
  instead: 'condition ? a : b, or if (…) return a',
}
const spread: Unsupported = { code: 'spread', what: 'a kernel spreads no lists', instead: 'the items, one by one' }
const module: Unsupported = {
  code: 'module-syntax',
  what: 'this form of import or export is not read',
  instead: "import { name } from './file.ts' and export const name = …",
}

/** `kind` is a name of `ts.SyntaxKind`. */
export const unsupportedSyntax: Readonly<Record<string, Unsupported>> = {
  ForStatement: loop,
  ForOfStatement: loop,
  ForInStatement: loop,
  WhileStatement: loop,
  DoStatement: loop,
  BreakStatement: loop,
  ContinueStatement: loop,
  LabeledStatement: loop,
  PostfixUnaryExpression: mutation,
  DeleteExpression: mutation,
  AwaitExpression: async,
  YieldExpression: { ...async, code: 'generator', what: 'a kernel has no generators' },
  ClassDeclaration: classes,
  ClassExpression: classes,
  NewExpression: classes,
  ThisKeyword: classes,
  SuperKeyword: classes,
  MethodDeclaration: classes,
  GetAccessor: classes,
  SetAccessor: classes,
  ThrowStatement: exceptions,
  TryStatement: exceptions,
  SwitchStatement: branch,
  SpreadElement: spread,
  SpreadAssignment: spread,
  RegularExpressionLiteral: {
    code: 'text',
    what: 'a kernel computes with numbers, not with text',
    instead: 'numbers, comparisons and functions of @qernel/dsl/source',
  },
  BigIntLiteral: {
    code: 'bigint',
    what: 'a kernel has no bigint numbers',
    instead: 'a plain number: 255',
  },
  NullKeyword: { code: 'null', what: 'null is no value of a kernel', instead: 'a number' },
  TypeOfExpression: { code: 'typeof', what: 'a kernel does not ask for types', instead: 'a type that is written down' },
  VoidExpression: { code: 'void', what: 'a kernel has no void', instead: 'a value' },
  TaggedTemplateExpression: {
    code: 'text',
    what: 'a kernel computes with numbers, not with text',
    instead: 'numbers, comparisons and functions of @qernel/dsl/source',
  },
  ImportKeyword: { ...module, code: 'dynamic-import', what: 'a kernel loads nothing while it runs' },
  ImportEqualsDeclaration: module,
  ExportAssignment: { ...module, instead: 'export const name = kernel(…)' },
  ModuleDeclaration: module,
  EnumDeclaration: {
    code: 'enum',
    what: 'a kernel file has no enums',
    instead: "a union of literals: 'inner' | 'outer'",
  },
  DebuggerStatement: { code: 'statement', what: 'a kernel is not debugged while it is read', instead: 'nothing' },
  WithStatement: { code: 'statement', what: 'a kernel has no with', instead: 'constants' },
}

/** For syntax that has no entry. */
export const unknownSyntax = (kind: string): Unsupported => ({
  code: 'syntax',
  what: `${kind.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()} is not part of the kernel language`,
  instead: 'constants, functions, if, return, operators and calls',
})

export const letVariable: Unsupported = {
  code: 'let',
  what: 'a kernel has no variables that can change',
  instead: 'const',
}
export const asyncFunction: Unsupported = async
export const generatorFunction: Unsupported = { ...async, code: 'generator', what: 'a kernel has no generators' }
export const assignment: Unsupported = mutation
export const optionalChain: Unsupported = {
  code: 'optional-chain',
  what: 'everything in a kernel is there, so ?. has no use',
  instead: 'a plain . or a plain call',
}
export const computedKey: Unsupported = {
  code: 'dynamic-property',
  what: 'the names of properties are written out in a kernel',
  instead: '{ name: value }',
}
export const restParameter: Unsupported = {
  code: 'spread',
  what: 'a function of a kernel takes a fixed number of parameters',
  instead: 'the parameters, one by one',
}
export const tooDeep: Unsupported = {
  code: 'too-deep',
  what: 'this is nested too deeply',
  instead: 'constants for the parts',
}
