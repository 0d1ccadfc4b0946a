/**
 * Host functions of generated CUDA at sizes for which a grid has too many blocks along y or z: kernels that are launched on parts of the rows, and
 * fallback kernels where there are no such parts. They run on the CPU, which refuses the grids that a GPU refuses.
 */
import { disagreements, exact, freedomOf } from '@qernel/acceptance'
import { type CompiledKernel, LaunchError, type Target } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { f32, i3, i8, type Kernel, kernel, max, u4 } from '@qernel/dsl'
import { findKernel, kernelLibrary } from '@qernel/kernels'
import { namedSchedules, parseSteps } from '@qernel/schedule'
import { randomInputs, type Trial } from '@qernel/testing'
import { evaluateTrial, type Launcher, type Machine, trialText } from '@qernel/testing/internal'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { wholeLanguage } from '../kernels/language.ts'
import { reductions } from '../kernels/reductions.ts'
import { hasHostCompiler, openHostCuda } from './host/host-cuda.ts'
import { callLauncher } from './host/launcher.ts'

// Tests are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))
test.skipIf(hasHostCompiler)('parts of grids are not executed here: there is no g++', () => undefined)

const perTokenHead = findKernel('vllm_int8_per_token_head')?.define() as Kernel
const nibbles = kernel('nibbles', ({ size, input, output }) => {
  const [T, H, D] = [size('T'), size('H'), size('D')]
  const x = input('x', f32, [T, H, D])
  output('q', u4, [T, H, D], (t, h, d) => x(t, h, d).round().clamp(0, 15))
})
/** One code per row, 32 of them in three words. */
const codesOfRows = kernel('codes_of_rows', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const code = input('code', i3, [T])
  const x = input('x', f32, [T, D])
  output('y', f32, [T, D], (t, d) => x(t, d).mul(code(t).toF32()))
})
const groupsOfTokens = kernel('groups_of_tokens', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const groups = T.groups(4)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, { g: groups.count, d: D }, (g, d) => max({ t: groups.at(g) }, t => x(t, d).abs()))
  output('q', i8, { t: groups, d: D }, (t, d) => x(t, d).div(scale(t.group, d)).mul(127).round())
})
/** A kernel whose values depend on the index of the row. */
const numbered = kernel('numbered', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('y', f32, [T, D], (t, d) => x(t, d).add(t.value().toF32()))
})

interface Case {
  readonly title: string
  readonly kernel: Kernel
  readonly steps: string
  readonly sizes: Readonly<Record<string, number>>
  /** The rows of each part, in the order of the launches. */
  readonly rows: readonly number[]
}

const cases: readonly Case[] = [
  {
    title: 'tokens along z in vectors, after a launch with tokens along y',
    kernel: perTokenHead,
    steps:
      'tile(t=16,h=1,stage=scale) tile(h=1,d=4,stage=q) vectorize(d=4,stage=q) predicate(d=assume,stage=q) bind(t_in=serial,stage=scale)',
    sizes: { T: 65549, H: 1, D: 4 },
    rows: [1048560, 65532],
  },
  {
    title: 'rows of codes that share words',
    kernel: nibbles,
    steps: 'tile(h=1,d=16) vectorize(d=8)',
    sizes: { T: 65537, H: 1, D: 9 },
    rows: [65535],
  },
  {
    title: 'codes of rows that share words',
    kernel: codesOfRows,
    steps: 'tile(t=1,d=2)',
    sizes: { T: 65541, D: 1 },
    rows: [65504],
  },
  {
    title: 'groups of tokens, the last of them shorter',
    kernel: groupsOfTokens,
    steps: 'tile(g=1,d=2,stage=scale) tile(t=1,d=2,stage=q)',
    sizes: { T: 4 * 65536 + 3, D: 1 },
    rows: [262140, 262140],
  },
  {
    title: 'values that depend on the index of the row, which go to the fallback kernel',
    kernel: numbered,
    steps: 'tile(t=1,d=2)',
    sizes: { T: 65541, D: 1 },
    rows: [],
  },
]

const compiledOf = ({ kernel: subject, steps }: Pick<Case, 'kernel' | 'steps'>): CompiledKernel =>
  cuda.compile(subject, parseSteps(steps))

/** A file that refuses arguments that its scheduled kernels cannot handle. */
const withoutFallback = (compiled: CompiledKernel): CompiledKernel => ({
  ...compiled,
  source: compiled.source.replace('  } else {\n', '  } else {\n    return cudaErrorInvalidConfiguration;\n'),
})

describe.each(hosts)('too many blocks along y or z are launched in parts', async ({ device, compile }) => {
  const programs = cases.map(one => {
    const compiled = compiledOf(one)
    return { ...one, compiled: one.rows.length === 0 ? compiled : withoutFallback(compiled) }
  })
  await compile(programs.map(({ compiled }) => compiled))

  test.each(programs)('$title', ({ kernel: subject, compiled, sizes, rows }) => {
    const loops = [...compiled.source.matchAll(/for \(int64_t first = 0; first < T; first \+= (\d+)\)/g)]
    expect(loops.map(([, most]) => Number(most))).toEqual(rows)
    const launch = new Map(Object.entries(sizes))
    const inputs = randomInputs(subject, launch, 'uniform', 3)
    const { status, outputs } = callLauncher(compiled, { inputs, sizes })
    expect(status).toBe(0)
    expect(disagreements({ kernel: subject, inputs, sizes: launch }, outputs, freedomOf(device))).toEqual([])
  })

  test('a grid that is too long is an error, as on a GPU', () => {
    const compiled = compiledOf({ kernel: nibbles, steps: 'tile(h=1,d=16)' })
    const sizes = { T: 65541, H: 1, D: 1 }
    const inputs = randomInputs(nibbles, new Map(Object.entries(sizes)), 'uniform', 3)
    const source = compiled.source.replace('first += 65535', 'first += 65541').replaceAll(/65535( \?|;)/g, '65541$1')
    expect(callLauncher({ ...compiled, source }, { inputs, sizes }).status).toBe(9)
  })
})

/** So few blocks along every dimension that small sizes need parts. */
const few = 2
const limits = { ...cuda.portableTarget.limits, workgroupsPerDimension: [few, few, few] as const }
const target: Target = { ...cuda.portableTarget, limits }
/** In characters: the compiler needs as much time for one program of this length as for ten others. */
const longest = 15_000

type ProgramOfTrial = Parameters<Machine['load']>[0]

/** A file whose host function has parts; undefined if all of its sizes are bounded. */
function fileOf({ kernel: subject, steps, fixed }: ProgramOfTrial): CompiledKernel | undefined {
  const compiled = cuda.compile(subject, steps, { target, fixed, fallback: false })
  const { source, launches } = compiled
  const isFolded = launches.some(({ gridWidth }) => gridWidth !== undefined)
  return isFolded || source.length > longest || !/for \(int64_t first_* = 0;/.test(source) ? undefined : compiled
}

const machineOf = (load: (program: ProgramOfTrial) => Promise<Launcher | undefined>): Machine => ({
  name: 'a host function',
  backEnd: cuda,
  target,
  freedom: exact,
  load,
})

/** Calls the host function, which refuses if another size is bounded. */
const launching = machineOf(async program => {
  const compiled = fileOf(program)
  if (compiled === undefined) return undefined
  return ({ inputs, sizes }) => {
    const launch = Object.fromEntries(compiled.sizes.map(({ name }) => [name, sizes.get(name) as number]))
    const { status, outputs } = callLauncher(compiled, { inputs, sizes: launch, longestGrid: few })
    if (status === 1) throw new LaunchError('device-limit', 'workgroupsPerDimension', 'too many blocks')
    return status === 0 ? { outputs } : { wrong: `the host function returns ${status}` }
  }
})

const seed = Number(process.env.QERNEL_SEED)
const isThorough = Number(process.env.QERNEL_CASES ?? 0) > 1000
/** Every kernel under every named schedule; the leading size makes several parts, and the others few blocks. */
const trials = [...wholeLanguage, ...reductions, ...kernelLibrary.map(({ define }) => define())]
  .flatMap(subject => namedSchedules.map(({ steps }) => ({ kernel: subject, steps })))
  .filter((_, i) => isThorough || i % 41 === seed % 41)
  .map(({ kernel: subject, steps }, i): Trial => {
    const leading = subject.tensors.flatMap(({ dims: [first] }) => (typeof first === 'object' ? [first.size] : []))[0]
    const length = (name: string): number => (name === leading ? 37 * (1 + (i % 3)) : 1 + (i % 2))
    const sizes = Object.fromEntries(subject.sizes.map(({ name }) => [name, length(name)]))
    return {
      kernel: subject,
      steps: steps({ kernel: subject }),
      fixed: {},
      cases: [{ sizes, values: 'mixed', seed: i }],
      machine: 0,
    }
  })

test.each(hosts)(
  `parts of ${trials.length} launches give what the whole gives; seed ${seed}`,
  async ({ compile }) => {
    // First all files are compiled, many at once; then they run.
    const files: CompiledKernel[] = []
    const collecting = machineOf(async program => {
      const file = fileOf(program)
      if (file !== undefined) files.push(file)
      return undefined
    })
    for (const trial of trials) await evaluateTrial(trial, collecting)
    await compile(files)
    const kinds = []
    for (const trial of trials) {
      const outcome = await evaluateTrial(trial, launching)
      if (outcome.kind === 'wrong') expect.fail(`${outcome.what}\n${trialText(trial)}`)
      kinds.push(outcome.kind)
    }
    expect(kinds.filter(kind => kind === 'right').length).toBeGreaterThan(trials.length / 6)
  },
  isThorough ? 600_000 : 60_000,
)
