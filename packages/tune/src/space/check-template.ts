/** Checks names and values of a template against the schemas of the transforms, plug-ins included. */
import { unknownNameParts } from '@qernel/dsl/internal'
import {
  type Argument,
  type Domain,
  findTransform,
  listTransforms,
  parameterDomains,
  type Transform,
} from '@qernel/schedule'
import type { TemplateProblem } from './template-reader.ts'

type Fail = (problem: TemplateProblem) => never

/** The transform with this name; fails if there is none. */
export function checkTransform(name: string, fail: Fail): Transform {
  const names = listTransforms().map(transform => transform.name)
  return findTransform(name) ?? fail(unknown('transform', name, names))
}

/** Fails unless the transform has the argument and its schema allows the value. Names of loops, buffers and stages depend on the kernel. */
export function checkArgument(transform: Transform, name: string, value: Argument, fail: Fail): void {
  if (name === 'stage') return
  const { named, axes } = parameterDomains(transform)
  const parameter = named.find(each => each.name === name) ?? axes
  if (parameter === undefined) {
    const names = [...named.map(each => each.name), 'stage']
    fail(unknown(`argument of ${transform.name}`, name, names))
  }
  if (allows(parameter.domain, value)) return
  const text = String(value)
  if (parameter.domain.kind === 'choice') fail(unknown(`value of ${name}`, text, parameter.domain.options))
  fail({ what: `${name}=${text} is not valid`, allowed: parameter.meaning })
}

function allows(domain: Domain, value: Argument): boolean {
  switch (domain.kind) {
    case 'factor':
      return Number.isInteger(value) && (value as number) >= 1
    case 'choice':
      return domain.options.some(option => option === value)
    case 'boolean':
      return typeof value === 'boolean'
    default:
      return typeof value === 'string'
  }
}

function unknown(kind: string, name: string, names: readonly string[]): TemplateProblem {
  const { what, nearest } = unknownNameParts(kind, name, names)
  return { what, allowed: names.join(', '), ...(nearest !== undefined && { nearest }) }
}
