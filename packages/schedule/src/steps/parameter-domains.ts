/** The domains of the parameters of a transform, read from its schema: for random schedules, tuning and documentation. */
import * as v from 'valibot'
import type { Transform } from './transform.ts'

/** The values that one parameter may have. */
export type Domain =
  /** A whole number of at least 1; `candidates` are those worth trying. */
  | { readonly kind: 'factor'; readonly candidates: readonly number[] }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** A name of the nest: one loop or axis, several loops joined by dots, a buffer, or a stage. */
  | { readonly kind: 'loop' | 'loops' | 'buffer' | 'stage' }
  | { readonly kind: 'boolean' }
  /** Any name that is free. */
  | { readonly kind: 'name' }

/** The schema of one parameter of a transform. */
export interface Parameter {
  readonly name: string
  readonly optional: boolean
  readonly domain: Domain
  /** The allowed values in words: the message of its schema. */
  readonly meaning: string
}

/** The values that each parameter of a step may have on a nest, from which a search can draw. */
export interface ParameterDomains {
  readonly named: readonly Parameter[]
  /** For arguments `axis=value` with any axes; undefined if the transform takes none. */
  readonly axes: Pick<Parameter, 'domain' | 'meaning'> | undefined
}

interface ObjectSchema {
  readonly entries?: Readonly<Record<string, v.GenericSchema>>
  readonly rest?: v.GenericSchema
}

/** The values that each parameter of a transform may take on a nest, by the schema of its parameters. */
export function parameterDomains({ parameters }: Transform): ParameterDomains {
  const { entries = {}, rest } = parameters as ObjectSchema
  return {
    named: Object.entries(entries).map(([name, schema]) => ({
      name,
      optional: schema.type === 'optional',
      domain: domainOf(schema),
      meaning: meaningOf(schema),
    })),
    axes: rest === undefined ? undefined : { domain: domainOf(rest), meaning: meaningOf(rest) },
  }
}

function domainOf(schema: v.GenericSchema): Domain {
  const inner = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema
  const { names, candidates } = v.getMetadata(inner) as { names?: string; candidates?: readonly number[] }
  if (names === 'loop' || names === 'loops' || names === 'buffer' || names === 'stage') return { kind: names }
  if (inner.type === 'boolean') return { kind: 'boolean' }
  if (candidates !== undefined) return { kind: 'factor', candidates }
  if ('options' in inner) return { kind: 'choice', options: inner.options as readonly string[] }
  return { kind: 'name' }
}

function meaningOf(schema: v.GenericSchema): string {
  const inner = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema
  return 'message' in inner && typeof inner.message === 'string' ? inner.message : inner.expects
}
