import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { compilerVersion } from '@qernel/codegen'
import { kernelHash } from '@qernel/dsl'
import { visibleText } from '@qernel/dsl/internal'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { isUnedited } from '../../emission/content-hash.ts'
import { type Emission, emitFiles } from '../../emission/emission.ts'
import { emissionOf, type Provenance, readProvenance } from '../../emission/provenance-line.ts'
import { compileError } from '../../errors/compile-error.ts'
import { fileError } from '../../errors/file-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { CommandResult, RunCommand } from '../../frame/command.ts'
import { styled, styledDiff } from '../../frame/style.ts'
import type { verifyOptions } from './options.ts'

export const verify: RunCommand<typeof verifyOptions> = async ({ positionals: [path = ''] }) => {
  const text = readSource(path)
  const provenance = readProvenance(text, path)
  const { kernel, version, hash } = provenance
  const untouched = isUnedited(text)
  const since = untouched === undefined ? '' : untouched ? '; not edited since' : '; and edited by hand since'
  const answer = (exitCode: 0 | 1, is: string, what: string, diff?: string): CommandResult => ({
    exitCode,
    text: `${visibleText(path)}: ${styled(exitCode === 0 ? 'green' : 'red', what)}\n${styledDiff(diff ?? '')}`,
    json: { file: path, is, kernel, hash, version, ...(diff === undefined ? {} : { diff }) },
  })
  if (version !== compilerVersion) {
    return answer(
      1,
      'other version',
      `made by version ${version}; this is ${compilerVersion}, which may generate something else${since}`,
    )
  }
  const emission = await emissionOf(provenance, path)
  const { library, element } = emission
  const own = kernelHash(library.define(element))
  if (own !== hash) {
    return answer(
      1,
      'other definition',
      `made from another definition of ${kernel}: its hash is ${hash}, and here it is ${own}${since}`,
    )
  }
  const made = await again(emission, provenance, path)
  if (text === made) return answer(0, 'identical', 'identical')
  // Version control on Windows changes line endings, and no compiler cares.
  if (text.replaceAll('\r\n', '\n') === made) return answer(0, 'identical', 'identical except for line endings')
  const diff = differences(made, text.replaceAll('\r\n', '\n'), path)
  if (untouched !== true) return answer(1, 'edited', 'edited by hand', diff)
  return answer(1, 'other build', `not edited, but made by another build of version ${version}`, diff)
}

/** Larger than any generated file. */
const MAX_BYTES = 2 ** 24

function readSource(path: string): string {
  try {
    const { size } = statSync(path)
    if (size > MAX_BYTES) {
      throw new UsageError({ what: `not a file that qernel made: it has ${size} bytes`, where: path })
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof TypeError)
      throw new UsageError({ what: 'not a file that qernel made: it is not UTF-8', where: path })
    throw fileError(error, path, 'read')
  }
}

async function again(emission: Emission, { file }: Provenance, where: string): Promise<string> {
  try {
    const { files } = await emitFiles(emission)
    const made = file === undefined ? files[0] : files.find(({ name }) => name === file)
    if (made !== undefined) return made.source
    const names = files.map(({ name }) => name)
    throw new UsageError({
      what: `the header says that this is ${file}, but no such file is generated`,
      where,
      allowed: names,
    })
  } catch (error) {
    throw compileError(error, where)
  }
}

const differences = (made: string, found: string, path: string): string =>
  createTwoFilesPatch('as generated', basename(path), made, found, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
