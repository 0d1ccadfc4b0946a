/**
 * Plug-in modules: the transforms and kernels that they export are known by name for the rest of the command. Exports
 * count, not only what a module defined while loading: it may have imported its own copy of qernel.
 */
import { realpathSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { Kernel } from '@qernel/dsl'
import { type LibraryKernel, registerKernel } from '@qernel/kernels'
import { findTransform, registerTransform, type Transform } from '@qernel/schedule'
import * as v from 'valibot'
import { fileError } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { importModule } from './import-module.ts'

const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/**
 * Loads plug-ins, in the order given.
 * @throws UsageError naming the file, what is wrong with it, and what to do
 */
export async function loadPlugins(files: readonly string[]): Promise<void> {
  for (const file of files) await loadPlugin(file)
}

async function loadPlugin(file: string): Promise<void> {
  const where = `--plugin ${file}`
  const path = checkedPath(file, where)
  const found = await importModule(path, where)
  const exported = Object.values(found).flatMap(value => (Array.isArray(value) ? value : [value]))
  const transforms = exported.flatMap(transformOf)
  const kernels = exported.filter(isKernel)
  if (transforms.length + kernels.length === 0)
    throw new UsageError({
      what: 'the plug-in exports no transform and no kernel',
      where,
      allowed: 'exports made by defineTransform(…), kernel(…) or libraryKernel(…)',
    })
  for (const transform of transforms)
    if (findTransform(transform.name) !== transform) add(() => registerTransform(transform), where)
  for (const kernel of kernels) add(() => registerKernel(kernel), where)
}

function checkedPath(file: string, where: string): string {
  try {
    if (!statSync(file).isFile()) throw new UsageError({ what: 'a plug-in must be a file', where, allowed: extensions })
  } catch (error) {
    throw fileError(error, file, 'read')
  }
  if (!extensions.includes(extname(file).toLowerCase()))
    throw new UsageError({
      what: 'a plug-in must be a JavaScript or TypeScript module',
      where,
      allowed: extensions,
      hint: 'use --schedule or --steps to give a schedule',
    })
  return realpathSync(resolve(file))
}

function add(register: () => void, where: string): void {
  try {
    register()
  } catch (error) {
    throw new UsageError({ what: error instanceof Error ? error.message : String(error), where }, { cause: error })
  }
}

const transformShape = v.looseObject({ name: v.string(), apply: v.function(), parameters: v.looseObject({}) })
const list = v.array(v.unknown())
const kernelShape = v.union([
  v.looseObject({ name: v.string(), stages: list, tensors: list, sizes: list }),
  v.looseObject({ name: v.string(), define: v.function(), schedules: list }),
])

/** `defineTransform` returns a function that makes steps, with the transform as a property. */
function transformOf(value: unknown): Transform[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || !('transform' in value)) return []
  return v.is(transformShape, value.transform) ? [value.transform as unknown as Transform] : []
}

const isKernel = (value: unknown): value is Kernel | LibraryKernel => v.is(kernelShape, value)
