import type { Nest } from '@qernel/dsl'
import type { GenericSchema, InferInput, InferOutput, ObjectEntries, StrictObjectSchema } from 'valibot'
import type { Refusal } from '../legality/refusal.ts'

/** One argument of a step. */
export type Argument = string | number | boolean

/** One step of a schedule: plain data with equivalent forms in JSON, TypeScript and command-line text. */
export interface Step {
  readonly transform: string
  /** Restricts the step to the loops of one stage. */
  readonly stage?: string
  readonly [argument: string]: Argument | undefined
}

/** What a transform can use in addition to the nest. */
export interface StepContext {
  /** The stage that the step is restricted to. */
  readonly stage: string | undefined
  /** Whether the target has subgroup operations; undefined if there is no target. */
  readonly hasSubgroups?: boolean | undefined
}

/**
 * A transform: one value in one file. Its command-line form, its page in the documentation and its random arguments in
 * property tests are derived from it.
 */
export interface Transform<Schema extends GenericSchema = GenericSchema> {
  readonly name: string
  /** One line: what it does and when to use it. */
  readonly summary: string
  /** The arguments without `transform` and `stage`: a valibot schema of a flat object. */
  readonly parameters: Schema
  /** `exact`: every result stays the same, bit for bit. `reassociates`: sums of floats may change their order. */
  readonly numerics: 'exact' | 'reassociates'
  /** A schedule as text that every target can run. The documentation shows its last step of this transform. */
  readonly example: string
  /** The library name of the example's kernel. Default: `int8_per_channel_quantize`, which has one stage. */
  readonly exampleKernel?: string
  /** Returns the new nest or a refusal. The result may depend only on the arguments, so that schedules with a common prefix share their first steps. */
  apply(nest: Nest, args: InferOutput<Schema>, context: StepContext): Nest | Refusal
}

/** The schema of a transform that takes `axis: value` for any axes, in addition to its own arguments. */
interface AxisSchema<Named extends ObjectEntries, Rest extends GenericSchema> {
  readonly entries: Named
  readonly rest: Rest
}

/** The arguments that the schema allows. If the name of an axis is computed, as in `{ [axis]: 4 }`, its value is checked when the step is applied. */
type AxisArguments<Named extends ObjectEntries, Rest extends GenericSchema, Given> = {
  readonly [Name in keyof Given]: string extends Name
    ? Argument
    : Name extends 'stage'
      ? string
      : Name extends keyof Named
        ? InferInput<Named[Name]>
        : InferInput<Rest>
} & (string extends keyof Given ? unknown : InferInput<StrictObjectSchema<Named, undefined>>)

/** Makes a step from the arguments that a schema allows, and `stage`. */
type MakeStep<Schema extends GenericSchema> =
  Schema extends AxisSchema<infer Named, infer Rest>
    ? <const Given extends object>(args: Given & AxisArguments<Named, Rest, Given>) => Step
    : (args: InferInput<Schema> & { readonly stage?: string }) => Step

/** A transform as authors call it: `tile({ t: 16, d: 16 })` returns a step. */
export type StepMaker<Schema extends GenericSchema> = MakeStep<Schema> & { readonly transform: Transform<Schema> }

const registry = new Map<string, Transform>()

/**
 * Declares a transform and registers it under its name, in this package or in any other.
 *
 * @throws Error if another transform has the name
 */
export function defineTransform<Schema extends GenericSchema>(transform: Transform<Schema>): StepMaker<Schema> {
  registerTransform(transform as unknown as Transform)
  const make = (args: Readonly<Record<string, Argument>>): Step => ({ transform: transform.name, ...args })
  return Object.assign(make as MakeStep<Schema>, { transform })
}

/**
 * Registers a transform that another copy of this package has defined.
 *
 * @throws Error if another transform has the name
 */
export function registerTransform(transform: Transform): void {
  if (!/^[a-z][A-Za-z0-9]*$/.test(transform.name))
    throw new Error(`the transform name '${transform.name}' is not a lower-case letter followed by letters and digits`)
  if (registry.has(transform.name)) throw new Error(`a transform named ${transform.name} is already defined`)
  registry.set(transform.name, transform)
}

/** All transforms defined so far: those of this package once `known-transforms.ts` is loaded, and any others. */
export const definedTransforms = (): readonly Transform[] => [...registry.values()]
