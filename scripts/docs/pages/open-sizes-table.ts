/** The table of open sizes: what the self-tests of `emit --with main` printed, for sizes that are open and for rows that are fixed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { markdownTable } from '../markers.ts'
import { root } from '../qernel.ts'

/** Made from bench/results/open-h200.txt: a line `== KERNEL-TYPE-VARIANT`, then a line per time. */
export function openSizesTable(): string {
  const rates = new Map<string, string>()
  let file = ''
  for (const line of readFileSync(join(root, 'bench/results/open-h200.txt'), 'utf8').split('\n')) {
    const [, name] = /^== (\S+)/.exec(line) ?? []
    file = name ?? file
    const [, D = '1024', pointers, rate] = /^T=\d+(?: D=(\d+))? (aligned|unaligned): .*, (\d+) GB\/s/.exec(line) ?? []
    if (rate !== undefined) rates.set(`${file} ${D} ${pointers}`, rate)
  }
  const kernels = [...new Set([...rates.keys()].map(key => key.replace(/-(1024|open) .*/, '')))]
  const rows = kernels.map(kernel => {
    const type = kernel.split('-').at(-1) as string
    const rate = (rest: string) => rates.get(`${kernel}-${rest}`) ?? '–'
    return [
      kernel.slice(0, -type.length - 1).replace('int8_per_', ''),
      type,
      rate('1024 1024 aligned'),
      rate('open 1024 aligned'),
      rate('open 1024 unaligned'),
      rate('open 1023 aligned'),
      rate('open 4097 aligned'),
    ]
  })
  const titles = ['kernel', 'type', 'D fixed to 1024', 'open, D = 1024', 'unaligned', 'D = 1023', 'D = 4097']
  return markdownTable(titles, rows)
}
