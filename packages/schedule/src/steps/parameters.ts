/** The argument types of transforms, as valibot schemas with the data that a generator needs. */
import { largestSize } from '@qernel/dsl/internal'
import * as v from 'valibot'

/** A whole number of at least 1 that divides or tiles a loop. Tuning and random schedules try the `candidates`. */
export const factor = (candidates: readonly number[] = [1, 2, 4, 8, 16, 32, 64]) =>
  v.pipe(
    v.number('a whole number of at least 1'),
    v.integer('a whole number of at least 1'),
    v.minValue(1, 'a whole number of at least 1'),
    v.maxValue(largestSize, `a whole number of at most ${largestSize}`),
    v.metadata({ candidates }),
  )

/** The name of a loop or an axis of the nest. */
export const loopName = () => v.pipe(v.string('the name of a loop'), v.metadata({ names: 'loop' }))
/** The name of a buffer of the nest. */
export const bufferName = () => v.pipe(v.string('the name of a tensor or buffer'), v.metadata({ names: 'buffer' }))

/** The name of a stage of the kernel. */
export const stageName = (what = 'the name of a stage') => v.pipe(v.string(what), v.metadata({ names: 'stage' }))
/** A name that the step gives to something new. */
export const newName = (what = 'a name that is free') => v.string(what)
/** true or false */
export const flag = () => v.boolean('true or false')

/** The arguments of a transform by name: `parameters({ loop: loopName(), by: optional(factor()) })`. */
export const parameters = <const Entries extends v.ObjectEntries>(entries: Entries) => v.strictObject(entries)
/** An optional argument. */
export const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(schema)

/** One of several words. */
export const choice = <const Options extends readonly string[]>(options: Options) =>
  v.picklist(options, `one of ${options.join(', ')}`)

/** Arguments `axis=factor` for any axes, in addition to the named options. */
export const axisFactors = <const Options extends v.ObjectEntries>(options: Options, candidates?: readonly number[]) =>
  v.objectWithRest(options, factor(candidates))

/** The `axis → value` part of arguments that also hold options. */
export function axesOf<T>(
  args: Readonly<Record<string, unknown>>,
  options: readonly string[],
): [axis: string, value: T][] {
  return Object.entries(args).filter(([name]) => !options.includes(name)) as [string, T][]
}
