import { defineCommand } from '../../frame/command.ts'
import { tuneOptions } from './options.ts'
import { verbs } from './verbs.ts'

export const tuneCommand = defineCommand({
  name: 'tune',
  summary: 'Search for the fastest schedule of a kernel on a device, for hours if need be.',
  positionals: [
    {
      name: 'KERNEL',
      description: `the kernel; or what to do with a store: ${verbs.map(({ name, summary }) => `${name} (${summary})`).join(', ')}`,
    },
  ],
  options: tuneOptions,
  examples: [
    {
      line: 'qernel tune int8_per_channel_quantize --sizes 131072x1024 --budget 200 --store sweep.jsonl',
      does: 'try 200 schedules, each validated and in a process of its own; run it again to go on',
    },
    { line: 'qernel tune resume --store sweep.jsonl --budget 30m', does: 'go on with the last search of a store' },
    { line: 'qernel tune status --store sweep.jsonl', does: 'what a store holds: outcomes by class, and the best' },
    {
      line: "qernel tune int8_per_token --space 'tile(t={1,2,4},d={256..1024}) vectorize(d={4,8})' --strategy exhaustive",
      does: 'try all schedules of your own template',
    },
    {
      line: 'qernel tune merge --from part-1.jsonl --from part-2.jsonl --store sweep.jsonl',
      does: 'join the stores of a job array',
    },
    {
      line: 'qernel tune report --store sweep.jsonl --html sweep.html',
      does: 'a page with every candidate, and the effect of each parameter',
    },
    { line: 'qernel tune export --store sweep.jsonl --format csv -o sweep.csv', does: 'a table of every candidate' },
  ],
  load: async () => (await import('./tune.ts')).tune,
})
