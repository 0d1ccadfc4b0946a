/** The line of a generated file from which it can be made again, read back. */
import { isTargetName, type TargetName, targetNames } from '@qernel/codegen'
import { InputError, type Kernel, kernelHash, type StorageType } from '@qernel/dsl'
import { findKernel, type LibraryKernel, listKernels } from '@qernel/kernels'
import { stepsFromJson } from '@qernel/schedule'
import { elementTypeOption } from '../arguments/kernel.ts'
import { nameOption } from '../arguments/name.ts'
import { sizeOptions } from '../arguments/sizes.ts'
import { compileError } from '../errors/compile-error.ts'
import { UsageError, unknownName } from '../errors/usage-error.ts'
import { targetNamed } from '../targets.ts'
import { deviceTarget } from './device-target.ts'
import type { Emission } from './emission.ts'
import type { Part } from './parts.ts'

/** What a file says of itself. */
export interface Provenance {
  readonly kernel: string
  readonly hash: string
  /** Of the compiler that made it. */
  readonly version: string
  /** Its name among those that were made together, where there were several. */
  readonly file: string | undefined
  readonly recipe: Readonly<Record<string, unknown>>
}

/** A header of a kernel with many stages is long; behind it nothing is looked for. */
const HEADER_LINES = 500

const rebuildLine = /^(?:\/\/|#) rebuild +(.*)$/

/**
 * Finds the line in the text of a file.
 * @throws UsageError where there is none that can be read
 */
export function readProvenance(text: string, where: string): Provenance {
  const lines = text.split(/\r?\n/, HEADER_LINES)
  const at = lines.findIndex(line => rebuildLine.test(line))
  const found = rebuildLine.exec(lines[at] ?? '')?.[1]
  // A page that shows a generated file between fences.
  if (lines.slice(0, Math.max(at, 0)).some(line => line.startsWith('```'))) {
    throw new UsageError({
      what: 'not a file that qernel made: a page that quotes one',
      where,
      allowed: 'a file of qernel emit with its header',
    })
  }
  if (found === undefined) {
    throw new UsageError({
      what: 'not a file that qernel made: its header has no line "rebuild"',
      where,
      allowed: 'a file of qernel emit with its header',
    })
  }
  const recipe = parsed(found, where)
  const { kernel, hash, version, file } = recipe
  if (typeof kernel !== 'string' || typeof hash !== 'string' || typeof version !== 'string') {
    throw broken('kernel, hash or version is missing', where)
  }
  // What is shown of a file is what emit writes, and nothing that only looks like it.
  if (!/^[A-Za-z]\w*$/.test(kernel)) throw broken('kernel is no name', where)
  if (!/^[0-9a-f]{16}$/.test(hash)) throw broken('hash is no hash', where)
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw broken('version is no version', where)
  return { kernel, hash, version, file: textOf(file, 'file', where), recipe }
}

/**
 * What a file was made from.
 * @throws UsageError where the line names what this qernel does not have, or says what `emit` never writes
 */
export function emissionOf({ kernel, hash, recipe }: Provenance, where: string): Emission {
  const library = findKernel(kernel)
  if (library === undefined) {
    const names = listKernels().map(each => each.name)
    throw unknownName('kernel', kernel, names, { where, hint: 'a kernel of your own is known by --plugin FILE' })
  }
  const { target: written, type, schedule, steps, fixed, division, folds, with: parts = [], base, name, seed } = recipe
  const device = deviceTarget(written)
  const target = device?.name ?? written
  if (!isTargetName(target)) throw broken(`target is none of ${targetNames.join(', ')}, nor all of a device`, where)
  if (!isOptionalText(schedule)) throw broken('schedule is no name', where)
  if (division !== undefined && division !== 'native' && division !== 'refined' && division !== 'integer') {
    throw broken('division is not native, refined or integer', where)
  }
  if (folds !== undefined && folds !== true) throw broken('folds is not true', where)
  if (seed !== undefined && typeof seed !== 'number') throw broken('seed is no number', where)
  if (!isPartList(parts, target))
    throw broken(`with is no list of ${targetNamed(target).beside.parts.join(', ')}`, where)
  const element =
    elementTypeOption(textOf(type, 'type', where), library) ??
    (seed === undefined ? typeByHash(library, hash) : undefined)
  const defined = library.define(element)
  const own = textOf(name, 'name', where)
  return {
    library,
    ...(element === undefined ? {} : { element }),
    target,
    ...(device === undefined ? {} : { device }),
    ...(schedule === undefined ? {} : { scheduleName: schedule }),
    steps: stepsOf(steps, where),
    fixed: sizesOf(fixed, defined, where),
    ...(division === undefined ? {} : { division }),
    ...(folds === undefined ? {} : { folds }),
    ...(own === undefined ? {} : { name: nameOption(own, defined, where) }),
    parts,
    base: textOf(base, 'base', where) ?? own ?? library.name,
    seed,
  }
}

/** A program's file does not name the type that its kernel was defined with, but its hash tells. */
const typeByHash = ({ element, define }: LibraryKernel, hash: string): StorageType | undefined =>
  element.types.find(type => kernelHash(define(type)) === hash)

const isPartList = (value: unknown, target: TargetName): value is readonly Part[] =>
  Array.isArray(value) && value.every(part => targetNamed(target).beside.parts.some(each => each === part))

const broken = (what: string, where: string): UsageError =>
  new UsageError({ what: `the line "rebuild" of the header cannot be read: ${what}`, where })

const isOptionalText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string'

function textOf(value: unknown, name: string, where: string): string | undefined {
  if (isOptionalText(value)) return value
  throw broken(`${name} is no text`, where)
}

function parsed(json: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), where)
  }
  if (!isRecord(value)) throw broken('it is no object', where)
  return value
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function stepsOf(value: unknown, where: string): Emission['steps'] {
  try {
    return stepsFromJson(value)
  } catch (error) {
    throw compileError(error, where)
  }
}

/** As after `--set`, so that the same messages come. */
function sizesOf(value: unknown, kernel: Kernel, where: string): ReadonlyMap<string, number> {
  if (!isRecord(value)) throw broken('fixed is no object', where)
  const texts = Object.entries(value).map(([name, size]) => `${name}=${size}`)
  try {
    return sizeOptions(texts, kernel, () => where)
  } catch (error) {
    throw error instanceof InputError ? new UsageError({ what: error.message, where }, { cause: error }) : error
  }
}
