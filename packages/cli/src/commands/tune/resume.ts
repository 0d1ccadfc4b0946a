/** `qernel tune resume`: goes on with the last search of a store. */
import type { SearchRecord } from '@qernel/tune'
import * as v from 'valibot'
import { jsonObject } from '../../errors/json-shape.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { RunCommand } from '../../frame/command.ts'
import { loadPlugins } from '../../plugins/load-plugins.ts'
import type { tuneOptions } from './options.ts'
import { type Request, runSearch } from './search.ts'
import { openStore, storeOption } from './stores.ts'

export const resume: RunCommand<typeof tuneOptions> = async invocation => {
  const path = storeOption(invocation.options.store)
  const searches = openStore(path).records.filter((one): one is SearchRecord => one.kind === 'search')
  const last = searches.at(-1)
  const { success, output } = v.safeParse(requestShape, last?.request)
  if (!success)
    throw new UsageError({
      what: last === undefined ? 'it holds no search' : 'its last search was not made by this command',
      where: path,
      allowed: 'a store of a search on the command line',
      hint: 'the command that made it goes on by itself',
    })
  // It was written by this command, and its checksum is right.
  const request = output as unknown as Request
  await loadPlugins(request.options.plugin)
  const { budget = request.budget } = invocation.options
  return runSearch({ ...request, ...(budget !== undefined && { budget }) }, invocation)
}

const texts = v.array(v.string())
const requestShape = jsonObject({
  kernel: v.string(),
  budget: v.optional(v.string()),
  options: jsonObject({ set: texts, space: texts, steps: texts, plugin: texts }),
})
