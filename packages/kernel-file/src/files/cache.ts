/**
 * What was read from kernel files before, so that an unchanged file is neither parsed nor lowered again. An entry counts only if it is whole, every file that
 * it was made from is unchanged, and its kernel is valid; anything else is made anew.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kernelHash } from '@qernel/dsl'
import { readExactKernel, writeExactKernel } from '@qernel/dsl/internal'
import { stepsFromJson } from '@qernel/schedule'
import type { Lowered, Wanted } from '../evaluate/lower.ts'

/** What is asked for: the file, a kernel in it, and values of its parameters. */
export interface Request {
  /** Absolute. */
  readonly path: string
  readonly text: string
  readonly name: Wanted
  readonly set: ReadonlyMap<string, string>
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The kernel as it was read before; undefined if it must be read now. */
export function fromCache(request: Request): Lowered | undefined {
  try {
    const { sum, entry } = JSON.parse(readFileSync(fileOf(request), 'utf8')) as Readonly<Record<string, string>>
    if (entry === undefined || sum !== digest(entry)) return undefined
    const { files, kernel, hash, schedules, ...rest } = JSON.parse(entry)
    const folder = dirname(request.path)
    for (const [file, before] of Object.entries<string>(files))
      if (digest(readFileSync(resolve(folder, file), 'utf8')) !== before) return undefined
    const read = readExactKernel(kernel)
    if (kernelHash(read) !== hash) return undefined
    const own = (schedules as Lowered['schedules']).map(({ name, steps }) => ({ name, steps: stepsFromJson(steps) }))
    return { ...rest, kernel: read, schedules: own }
  } catch {
    // Missing, damaged, or made from files that are gone.
    return undefined
  }
}

/**
 * Keeps a kernel for the next time. A folder that cannot be written to keeps nothing.
 *
 * @param files the texts of all files that it was read from, by absolute path
 */
export function keep(request: Request, files: ReadonlyMap<string, string>, { kernel, ...rest }: Lowered): void {
  const folder = dirname(request.path)
  const sums = [...files].map(([file, text]) => [relative(folder, file), digest(text)])
  const entry = JSON.stringify({
    ...rest,
    files: Object.fromEntries(sums),
    kernel: writeExactKernel(kernel),
    hash: kernelHash(kernel),
  })
  const file = fileOf(request)
  const unfinished = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(unfinished, JSON.stringify({ sum: digest(entry), entry }))
    // Another process sees the whole entry or none.
    renameSync(unfinished, file)
  } catch {
    // The next time it is read again.
  }
}

/** The path is no part of the key: a copy of a file is the same file. */
const fileOf = ({ text, name, set }: Request): string =>
  join(cacheFolder(), `${digest(JSON.stringify([compiler(), text, name, [...set].sort()])).slice(0, 32)}.json`)

/** `QERNEL_CACHE`, or the folder for caches of this user. */
const cacheFolder = (): string =>
  process.env.QERNEL_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'qernel', 'kernel-files')

let known: string | undefined

/** What changes whenever the program that reads files does: the names, sizes and times of its own files. */
function compiler(): string {
  known ??= digest(JSON.stringify([import.meta.url, ...['..', '@qernel/dsl', '@qernel/schedule'].map(filesIn)]))
  return known
}

function filesIn(module: string): unknown {
  const folder = fileURLToPath(
    new URL('.', module === '..' ? new URL('..', import.meta.url) : import.meta.resolve(module)),
  )
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(one => one.isFile() && /\.[jt]s$/.test(one.name))
    .map(one => {
      const { size, mtimeMs } = statSync(join(one.parentPath, one.name))
      return [one.name, size, mtimeMs]
    })
}
