import type { RunCommand } from '../../frame/command.ts'
import type { tuneOptions } from './options.ts'
import { verbs } from './verbs.ts'

export const tune: RunCommand<typeof tuneOptions> = async invocation => {
  const [first] = invocation.positionals
  const verb = verbs.find(({ name }) => name === first)
  const run = verb === undefined ? (await import('./search.ts')).search : await verb.load()
  return run(invocation)
}
