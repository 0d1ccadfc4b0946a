import { pluginOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices } from '../../targets.ts'

/** What `qernel tune export` writes. */
export const exportFormats = ['t4', 'csv', 'schedules'] as const

export const tuneOptions = {
  sizes: {
    type: 'string',
    value: 'TxD',
    description: 'tokens × channels (default 131072x1024; 512x1024 on a software adapter)',
  },
  set: { type: 'string', value: 'SIZE=N', multiple: true, description: 'any other size of the kernel, such as H=8' },
  type: { type: 'string', value: 'TENSOR=TYPE', description: 'the storage type of the float tensor, such as x=f16' },
  space: {
    type: 'string',
    value: 'TEMPLATE',
    multiple: true,
    description:
      "schedules to try: 'tile(t={1,2,4,8},d={64..1024}) vectorize(d={4,8}) coarsen(t={1..8})?' (default: around each named schedule)",
  },
  t1: {
    type: 'string',
    value: 'FILE.json',
    description:
      'a T1 file of the auto-tuning community: its parameters are choices $NAME in --space, and its conditions restrict them',
  },
  steps: { type: 'string', value: 'TEXT', multiple: true, description: 'a schedule to try before all others, as text' },
  'steps-file': {
    type: 'string',
    value: 'FILE',
    description: 'schedules to try before all others, one per line; lines that begin with # are comments',
  },
  strategy: {
    type: 'string',
    value: 'NAME',
    description: 'how to search (default auto, which chooses by the size of the space)',
  },
  seed: { type: 'string', value: 'N', description: 'the same seed and results give the same search (default 1)' },
  budget: {
    type: 'string',
    value: 'N|TIME',
    description: 'when to end: after 200 candidates, or after 90s, 30m or 2h (default: when nothing is left to try)',
  },
  device: { type: 'string', value: 'DEVICE', choices: deviceChoices, description: 'where to run (default webgpu)' },
  adapter: { type: 'string', value: 'ADAPTER', description: 'hardware, software or part of the name of an adapter' },
  devices: {
    type: 'string',
    value: 'all',
    choices: ['all'],
    description: 'use every CUDA GPU of this host, with a worker for each; they must be equal',
  },
  shard: {
    type: 'string',
    value: 'I/N',
    description: 'search part I of N of the space, for job arrays; merge joins their stores',
  },
  store: {
    type: 'string',
    value: 'FILE.jsonl',
    description: 'keep every result at once, and go on from the results that are there',
  },
  from: {
    type: 'string',
    value: 'FILE.jsonl',
    multiple: true,
    description: 'with merge: a store to join into --store',
  },
  'compile-deadline': {
    type: 'string',
    value: 'TIME',
    description: 'the least time that a compilation may take (default 60s)',
  },
  'run-deadline': {
    type: 'string',
    value: 'TIME',
    description: 'the least time that a check or a turn may take (default 10s; 60s on a software device)',
  },
  format: {
    type: 'string',
    value: 'FORMAT',
    choices: exportFormats,
    description:
      'with export: t4 (default), the format of the auto-tuning community; csv; or schedules, the winners for --schedule tuned',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    description: 'with export: the file (default -, standard output); winners are added to a file that is there',
  },
  html: { type: 'string', value: 'FILE', description: 'with report: the page' },
  force: { type: 'boolean', description: 'with export and report: replace a file that is there' },
  database: {
    type: 'string',
    value: 'FILE.json',
    description:
      'keep the winner there, for --schedule tuned (default qernel-schedules.json here or in a folder above; nowhere on a software device)',
  },
  ...pluginOption,
} as const satisfies OptionSpecs
