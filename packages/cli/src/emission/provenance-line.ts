/** Reads the line from which a generated file can be regenerated. */
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { isTargetName, targetNames } from '@qernel/codegen'
import { InputError, type Kernel, kernelHash, type StorageType } from '@qernel/dsl'
import { findKernel, type LibraryKernel, listKernels } from '@qernel/kernels'
import { stepsFromJson } from '@qernel/schedule'
import * as v from 'valibot'
import { elementTypeOption } from '../arguments/kernel.ts'
import { type KernelOrigin, kernelOfFile } from '../arguments/kernel-file.ts'
import { nameOption } from '../arguments/name.ts'
import { sizeOptions } from '../arguments/sizes.ts'
import { compileError } from '../errors/compile-error.ts'
import { anyObject, jsonObject, shapeProblem, word } from '../errors/json-shape.ts'
import { UsageError, unknownName } from '../errors/usage-error.ts'
import { targetNamed } from '../targets.ts'
import { deviceTarget } from './device-target.ts'
import type { Emission } from './emission.ts'

/** The provenance that a file states. */
export interface Provenance {
  readonly kernel: string
  readonly hash: string
  /** The version of the compiler that made it. */
  readonly version: string
  /** Its name, if several files were made together. */
  readonly file: string | undefined
  /** The kernel file that it was made from, with its path as seen from the folder of this file; undefined for other kernels. */
  readonly origin: KernelOrigin | undefined
  readonly recipe: Readonly<Record<string, unknown>>
}

/** The header of a kernel with many stages is long; the search ends after it. */
const HEADER_LINES = 500

const rebuildLine = /^(?:\/\/|#) rebuild +(.*)$/

/**
 * Finds the line in the text of a file.
 * @throws UsageError if there is no readable line
 */
export function readProvenance(text: string, where: string): Provenance {
  const lines = text.split(/\r?\n/, HEADER_LINES)
  const at = lines.findIndex(line => rebuildLine.test(line))
  const found = rebuildLine.exec(lines[at] ?? '')?.[1]
  // The text may be a page that shows a generated file between fences.
  if (lines.slice(0, Math.max(at, 0)).some(line => line.startsWith('```'))) {
    throw new UsageError({
      what: 'not a file that qernel made: it is a page that quotes one',
      where,
      allowed: 'a file that qernel emit wrote, with its header',
    })
  }
  if (found === undefined) {
    throw new UsageError({
      what: 'not a file that qernel made: its header has no line "rebuild"',
      where,
      allowed: 'a file that qernel emit wrote, with its header',
    })
  }
  const recipe = parsed(found, where)
  const { kernel, hash, version, file, from, parameters } = shaped(head, recipe, where)
  const [path = '', name = ''] = from?.split('#') ?? []
  return { kernel, hash, version, file, recipe, origin: from === undefined ? undefined : { path, name, parameters } }
}

/** Accepts only lines as emit writes them, nothing that merely looks similar. */
const head = jsonObject({
  kernel: v.pipe(v.string('a name'), v.regex(/^[A-Za-z]\w*$/, 'a name')),
  hash: v.pipe(v.string('a hash'), v.regex(/^[0-9a-f]{16}$/, 'a hash of 16 hexadecimal digits')),
  version: v.pipe(v.string('a version'), v.regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/, 'a version such as 1.2.3')),
  file: v.optional(v.string('text')),
  from: v.optional(v.pipe(v.string('text'), v.regex(/^[^#]+\.m?ts#[A-Za-z_$][\w$]*$/, 'FILE.kernel.ts#NAME'))),
  parameters: v.optional(v.array(v.pipe(v.string('text'), v.regex(/^[^=]+=/, 'NAME=VALUE')), 'a list'), []),
})

/** Steps, types and sizes are read like those of the command line, with the same messages. */
const rest = jsonObject({
  target: v.unknown(),
  type: v.optional(v.string('text')),
  schedule: v.optional(v.string('a name')),
  steps: v.unknown(),
  fixed: anyObject,
  division: v.optional(word(['native', 'refined', 'integer'])),
  folds: v.optional(v.literal(true, 'true')),
  with: v.optional(v.array(v.string('text'), 'a list'), []),
  base: v.optional(v.string('text')),
  name: v.optional(v.string('text')),
  seed: v.optional(v.number('a number')),
})

/**
 * The inputs that a file was made from.
 * @throws UsageError if the line names something that this qernel lacks, or that `emit` never writes
 */
export async function emissionOf(provenance: Provenance, where: string): Promise<Emission> {
  const { hash, recipe, origin } = provenance
  const library = await libraryOf(provenance, where)
  const {
    target: written,
    type,
    schedule,
    steps,
    fixed,
    division,
    folds,
    base,
    name,
    seed,
    ...more
  } = shaped(rest, recipe, where)
  const device = deviceTarget(written)
  const target = device?.name ?? written
  if (!isTargetName(target)) {
    throw broken(`target is neither one of ${targetNames.join(', ')} nor all of a device`, where)
  }
  const parts = shaped(v.array(word(targetNamed(target).beside.parts)), more.with, where, 'with')
  const element = elementTypeOption(type, library) ?? (seed === undefined ? typeByHash(library, hash) : undefined)
  const defined = library.define(element)
  return {
    library,
    ...(origin === undefined ? {} : { origin }),
    ...(element === undefined ? {} : { element }),
    target,
    ...(device === undefined ? {} : { device }),
    ...(schedule === undefined ? {} : { scheduleName: schedule }),
    steps: stepsOf(steps, where),
    fixed: sizesOf(fixed, defined, where),
    ...(division === undefined ? {} : { division }),
    ...(folds === undefined ? {} : { folds }),
    ...(name === undefined ? {} : { name: nameOption(name, defined, where) }),
    parts,
    base: base ?? name ?? library.name,
    seed,
  }
}

/** The kernel that a file names: of the library, or of a kernel file, which is where it was when the file was made. */
async function libraryOf({ kernel, origin }: Provenance, where: string): Promise<LibraryKernel> {
  if (origin !== undefined) {
    const { name, parameters } = origin
    const path = isAbsolute(origin.path) ? origin.path : join(dirname(where), origin.path)
    if (!existsSync(path))
      throw new UsageError({ what: 'the kernel file that it was made from is not there', where, allowed: path })
    const { library } = await kernelOfFile(`${path}#${name}`, { set: parameters })
    if (library.name === kernel) return library
    throw broken(`kernel is ${kernel}, but ${path}#${name} is ${library.name}`, where)
  }
  const library = findKernel(kernel)
  if (library !== undefined) return library
  const names = listKernels().map(each => each.name)
  throw unknownName('kernel', kernel, names, { where, hint: '--plugin FILE adds kernels of your own' })
}

/** A file made by a program does not name the element type of its kernel, but the hash determines it. */
const typeByHash = ({ element, define }: LibraryKernel, hash: string): StorageType | undefined =>
  element.types.find(type => kernelHash(define(type)) === hash)

const broken = (what: string, where: string): UsageError =>
  new UsageError({ what: `the line "rebuild" of the header cannot be read: ${what}`, where })

function shaped<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  where: string,
  whole?: string,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, value)
  if (!success) throw broken(shapeProblem(issues, whole), where)
  return output
}

function parsed(json: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), where)
  }
  return shaped(anyObject, value, where)
}

function stepsOf(value: unknown, where: string): Emission['steps'] {
  try {
    return stepsFromJson(value)
  } catch (error) {
    throw compileError(error, where)
  }
}

/** Read like `--set`, so that the messages are the same. */
function sizesOf(value: Readonly<Record<string, unknown>>, kernel: Kernel, where: string): ReadonlyMap<string, number> {
  const texts = Object.entries(value).map(([name, size]) => `${name}=${size}`)
  try {
    return sizeOptions(texts, kernel, () => where)
  } catch (error) {
    throw error instanceof InputError ? new UsageError({ what: error.message, where }, { cause: error }) : error
  }
}
