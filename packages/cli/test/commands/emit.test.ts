import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess, qernel, type Refusal } from '../command-line.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const folder = temporaryFolder()
const quantize = 'int8_per_channel_quantize'

describe('emit', () => {
  it.concurrent.each([
    ['wgsl', '@compute'],
    ['cuda', '__global__'],
  ])('prints %s, the same every time', async (target, entry) => {
    const argv = ['emit', 'int8_per_channel', '--target', target, '--schedule', 'vectorized']
    const [first, second] = await Promise.all([qernel(argv), qernel(argv)])
    expect(first).toEqual({ exitCode: 0, stdout: expect.stringContaining(entry), stderr: '' })
    expect(second).toEqual(first)
  })

  it('accepts a schedule by name, as a file and as text, with the same result', async () => {
    const steps = [
      { transform: 'tile', t: 16, d: 64 },
      { transform: 'coarsen', d: 4 },
    ]
    const argv = ['emit', quantize, '--target', 'wgsl', '--json']
    const all = await Promise.all([
      inThisProcess([...argv, '--schedule', 'coarsened']),
      inThisProcess([...argv, '--schedule', folder.file('array.json', JSON.stringify(steps))]),
      inThisProcess([...argv, '--schedule', folder.file('object.json', JSON.stringify({ steps }))]),
      inThisProcess([...argv, '--steps', 'tile(t=16,d=64)\n  coarsen(d=4)']),
    ])
    for (const { exitCode, stdout, stderr } of all) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(JSON.parse(stdout).schedule.steps).toEqual(steps)
    }
    const names = all.map(({ stdout }) => JSON.parse(stdout).schedule.name)
    expect(names).toEqual(['coarsened', 'array', 'object', undefined])
  })

  it('writes a file, creates its folder, and replaces its own file', async () => {
    const file = join(folder.path, 'made', 'quantize.wgsl')
    const argv = ['emit', quantize, '--target', 'wgsl']
    const printed = await qernel(argv)
    for (const start of [qernel, inThisProcess]) {
      const { exitCode, stdout } = await start([...argv, '-o', file])
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`wrote ${file}: ${quantize} for wgsl`)])
      expect(readFileSync(file, 'utf8')).toBe(printed.stdout)
    }
    expect(readdirSync(join(folder.path, 'made'))).toEqual(['quantize.wgsl'])
  })

  it('mentions a faster schedule if none was chosen', async () => {
    const argv = ['emit', quantize, '--target', 'cuda', '-o', join(folder.path, 'made.cu')]
    expect((await inThisProcess(argv)).stdout).toContain(
      'its schedule is naive, the plainest; --schedule best is fast\n',
    )
    expect((await inThisProcess([...argv, '--schedule', 'naive'])).stdout).not.toContain('best')
  })

  it('divides in the requested way, and says when the results are exact', async () => {
    const emitted = (...how: string[]) => inThisProcess(['emit', quantize, '--target', 'wgsl', ...how])
    const [own, refined, integer] = await Promise.all([
      emitted(),
      emitted('--division', 'refined'),
      emitted('--division', 'integer'),
    ])
    expect(own.stdout).toContain('where a / b is correctly rounded; elsewhere use --division refined')
    expect(own.stdout).not.toContain('fn div_f32(')
    for (const { stdout } of [refined, integer]) {
      expect(stdout).toContain('fn div_f32(')
      expect(stdout).toMatch(/results {3}bit-exact with the reference interpreter\n/)
    }
    expect(integer.stdout).not.toContain('fma(')
    const { exitCode, stderr } = await inThisProcess(['emit', quantize, '--target', 'cuda', '--division', 'refined'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('division in CUDA is already exact')])
  })

  it('fixes sizes and chooses the type of the floats', async () => {
    const { stdout } = await inThisProcess([
      'emit',
      quantize,
      '--target',
      'cuda',
      '--set',
      'D=128',
      '--type',
      'x=f16',
      '--json',
    ])
    const { sizes, fixed, arrays } = JSON.parse(stdout)
    expect(sizes).toEqual([{ name: 'T' }])
    expect(fixed).toEqual({ D: 128 })
    expect(arrays.map(({ name, type }: { name: string; type: string }) => `${name}: ${type}`)).toEqual([
      'x: f16',
      'scale: f32',
      'q: i8',
    ])
  })
})

describe('emit refuses, with exit code 2 and no file', () => {
  const target = ['--target', 'wgsl']
  it.concurrent.each<Refusal>([
    {
      what: 'an unknown kernel',
      asProcess: true,
      argv: ['emit', 'int8_per_chanel', ...target],
      says: ["unknown kernel 'int8_per_chanel'", 'allowed: int8_per_channel, ', "did you mean 'int8_per_channel'?"],
    },
    { what: 'a missing target', argv: ['emit', quantize], says: ['no target is given', 'allowed: wgsl, cuda'] },
    {
      what: 'an unknown target',
      argv: ['emit', quantize, '--target', 'wsgl'],
      says: ["unknown value for --target 'wsgl'", "did you mean 'wgsl'?"],
    },
    {
      what: 'an unknown option',
      argv: ['emit', quantize, '--tagret', 'wgsl'],
      says: ["unknown option '--tagret'", "did you mean '--target'?"],
    },
    {
      what: 'an unknown schedule',
      argv: ['emit', quantize, ...target, '--schedule', 'vectorised'],
      says: ["unknown schedule 'vectorised'", 'allowed: vectorized, ', "did you mean 'vectorized'?"],
    },
    {
      what: 'two schedules',
      argv: ['emit', quantize, ...target, '--schedule', 'naive', '--steps', 'tile(t=16)'],
      says: ['--schedule and --steps are both given'],
    },
    {
      what: 'an unknown transform',
      argv: ['emit', quantize, ...target, '--steps', 'tile(t=16,d=16) vectorise(d=4)'],
      says: [
        'step 2, vectorise(d=4): there is no transform vectorise',
        'allowed: vectorize, ',
        "did you mean 'vectorize'?",
      ],
    },
    {
      what: 'an unknown axis',
      argv: ['emit', quantize, ...target, '--steps', 'tile(t=16,d=64) vectorize(e=4)'],
      says: ['step 2, vectorize(e=4): there is no axis e', 'allowed: d, t'],
    },
    {
      what: 'a broken fact',
      asProcess: true,
      argv: ['emit', quantize, ...target, '--set', 'D=126', '--schedule', 'vectorized'],
      says: [
        'step 3, predicate(d=assume): D is fixed to 126, which is not a multiple of 4',
        'allowed: predicate(d=mask)',
      ],
    },
    {
      what: 'a mode that another loop has, and shows the loop',
      argv: ['emit', quantize, ...target, '--steps', 'tile(t=16,d=16) bind(t=grid.x)'],
      says: [
        'step 2, bind(t=grid.x): grid.x already belongs to d',
        '\n      grid.x d in D/16\n      ^^^^^^^^^^^^^^^^\n',
        'allowed: grid.y, grid.z',
      ],
    },
    {
      what: 'more threads than the target has',
      argv: ['emit', quantize, ...target, '--steps', 'tile(t=64,d=64)'],
      says: ['4096 threads per workgroup', 'allows 256', 'where:   --steps'],
    },
    {
      what: 'malformed steps',
      argv: ['emit', quantize, ...target, '--steps', 'tile(t=16 d=16)'],
      says: ['cannot read the steps\n    tile(t=16 d=16)\n              ^ , or ) is expected', 'where:   --steps'],
    },
    {
      what: 'a missing file of steps',
      argv: ['emit', quantize, ...target, '--schedule', folder.file('none.json')],
      says: ['cannot read the file: no such file', 'none.json'],
    },
    {
      what: 'a file that is not JSON',
      argv: ['emit', quantize, ...target, '--schedule', folder.file('text.json', 'tile(t=16)')],
      says: ['not a schedule: the file is not JSON', 'text.json', 'allowed: an array of steps'],
    },
    {
      what: 'JSON that is not a schedule',
      asProcess: true,
      argv: ['emit', quantize, ...target, '--schedule', folder.file('number.json', '[{ "t": 16 }]')],
      says: ['not a schedule: step 1 has no "transform"', 'number.json'],
    },
    {
      what: 'an unknown size',
      argv: ['emit', quantize, ...target, '--set', 'E=128'],
      says: ["unknown size 'E'", 'allowed: T, D'],
    },
    {
      what: 'a size below 0',
      argv: ['emit', quantize, ...target, '--set', 'D=-4'],
      says: ["'-4' is not a size", 'allowed: a whole number from 0 to 2147483647'],
    },
    {
      what: 'an unknown type',
      argv: ['emit', quantize, ...target, '--type', 'x=f15'],
      says: ["unknown type of x 'f15'", "did you mean 'f16'?"],
    },
    {
      what: 'the type of a tensor that has only one',
      argv: ['emit', quantize, ...target, '--type', 'q=i4'],
      says: ['the type of q cannot be chosen: it is i8', 'allowed: x=f32, x=f16, x=bf16'],
    },
  ])('$what', async ({ argv, says, asProcess }) => {
    const file = join(folder.path, `${Math.random()}.wgsl`)
    const { exitCode, stdout, stderr } = await (asProcess ? qernel : inThisProcess)([...argv, '-o', file])
    expect({ exitCode, stdout, file: existsSync(file) }, stderr).toEqual({ exitCode: 2, stdout: '', file: false })
    for (const text of says) expect(stderr).toContain(text)
    expect(stderr).not.toContain('bug')
  })

  it('a folder instead of the file', async () => {
    const { exitCode, stderr } = await inThisProcess(['emit', quantize, ...target, '-o', folder.path])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is a folder, not a file')])
  })
})

it.skipIf(process.platform !== 'linux')(
  'a full disk behind standard output is reported in one line (Linux: /dev/full)',
  async () => {
    const full = openSync('/dev/full', 'w')
    const { exitCode, stderr } = await qernel(['emit', quantize, '--target', 'wgsl'], {}, full)
    closeSync(full)
    expect([exitCode, stderr]).toEqual([
      2,
      'qernel: cannot write the file: no space left on the device\n  where:   standard output\n',
    ])
  },
)

it('emit loads no device and nothing else that is slow', async () => {
  const coverage = join(folder.path, 'coverage')
  const { exitCode } = await qernel(['emit', quantize, '--target', 'wgsl'], { NODE_V8_COVERAGE: coverage })
  const reports = readdirSync(coverage).map(report => JSON.parse(readFileSync(join(coverage, report), 'utf8')))
  const loaded: string[] = reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url))
  expect(exitCode).toBe(0)
  expect(loaded.some(url => url.includes('/packages/codegen-wgsl/'))).toBe(true)
  expect(loaded.filter(url => /packages\/(runtime|testing|codegen-cuda)|webgpu|ts-morph|fast-check/.test(url))).toEqual(
    [],
  )
})

describe('a CUDA file with further files', () => {
  const files = [
    'q.cu',
    'q.cuh',
    'q_reference.h',
    'q_main.cu',
    'q_torch.cpp',
    'q_torch.py',
    'test_q_torch.py',
    'CMakeLists.txt',
  ]
  const all = ['--header', '--with', 'main', '--with', 'torch', '--with', 'cmake']
  const cuda = ['emit', 'int8_per_channel', '--target', 'cuda']
  const emitInto = (path: string, ...argv: string[]) =>
    inThisProcess([...cuda, '--schedule', 'vectorized', ...argv, '-o', join(path, 'q.cu')])

  it('is written with all of them, and each can be verified', async () => {
    const path = join(folder.path, 'together')
    const { exitCode, stdout } = await emitInto(path, ...all)
    expect([exitCode, stdout.match(/^wrote /gm)?.length]).toEqual([0, files.length])
    expect(readdirSync(path).sort()).toEqual([...files].sort())
    for (const name of files) {
      const verified = await inThisProcess(['verify', join(path, name)])
      expect([verified.exitCode, verified.stdout]).toEqual([0, `${join(path, name)}: identical\n`])
    }
  })

  it('can be verified on its own if another file was edited', async () => {
    const path = join(folder.path, 'edited')
    await emitInto(path, '--with', 'main', '--seed', '7')
    const header = join(path, 'q.cuh')
    writeFileSync(header, readFileSync(header, 'utf8').replace('int64_t D', 'int64_t columns'))
    const { exitCode, stdout } = await inThisProcess(['verify', header])
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('+    int64_t columns,')])
    expect((await inThisProcess(['verify', join(path, 'q_main.cu')])).exitCode).toBe(0)
    expect(readFileSync(join(path, 'q_main.cu'), 'utf8')).toContain('report_time(timed, 0, 7);')
  })

  it('can come with the header alone', async () => {
    const path = join(folder.path, 'header')
    await emitInto(path, '--header')
    expect(readdirSync(path).sort()).toEqual(['q.cu', 'q.cuh'])
    expect(readFileSync(join(path, 'q.cu'), 'utf8')).toContain('#include "q.cuh"\n#endif')
  })

  it('can have its own name, and can still be verified', async () => {
    const path = join(folder.path, 'named')
    const { exitCode, stdout } = await emitInto(path, ...all, '--name', 'quantize_keys')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('q.cu: int8_per_channel for cuda')])
    const source = readFileSync(join(path, 'q.cu'), 'utf8')
    expect(source).toContain('extern "C" cudaError_t qernel_quantize_keys(')
    expect(source).toMatch(/quantize_keys_q_[0-9a-f]{8}<<</)
    expect(source.replace(/^\/\/.*$/gm, '')).not.toContain('int8_per_channel')
    for (const name of files)
      expect((await inThisProcess(['verify', join(path, name)])).stdout).toMatch(/: identical\n$/)
  })

  it('has a PyTorch operator that checks sizes before it allocates', async () => {
    const path = join(folder.path, 'torch', 'q.cu')
    const kernel = 'group_symmetric_i4_g32_inner_dequantize'
    await inThisProcess(['emit', kernel, '--target', 'cuda', '--with', 'torch', '-o', path])
    const source = readFileSync(path.replace('.cu', '_torch.cpp'), 'utf8')
    const checks = ['T <= 2147483647', 'D >= 0', 'D <= 2147483647', 'D % 32 == 0']
    expect([...source.matchAll(/TORCH_CHECK\((\w+ (?:>=|<=|%) [\w =]+), /g)].map(([, check]) => check)).toEqual(checks)
    expect(source.indexOf('D % 32')).toBeLessThan(source.indexOf('at::empty'))
    const test = readFileSync(path.replace('q.cu', 'test_q_torch.py'), 'utf8')
    expect(test).toContain('test_sizes_that_do_not_divide_are_refused():\n    for name in ["D"]:')
  })

  it('is not written if another file cannot be written', async () => {
    const path = join(folder.path, 'none')
    mkdirSync(join(path, 'CMakeLists.txt'), { recursive: true })
    const { exitCode, stderr } = await emitInto(path, ...all)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is a folder, not a file')])
    expect(readdirSync(path)).toEqual(['CMakeLists.txt'])
  })

  it('has a CMake project that builds without a GPU, gives C++ its headers, and avoids reserved target names', async () => {
    const path = join(folder.path, 'cmake')
    await inThisProcess([...cuda, '--with', 'main', '--with', 'cmake', '-o', join(path, 'test.cu')])
    const [text, ...more] = readFileSync(join(path, 'CMakeLists.txt'), 'utf8').split('\ncmake_minimum_required')
    expect([text, more.length]).toEqual([expect.stringContaining('int8_per_channel'), 1])
    expect(more[0]).toContain('set(CMAKE_CUDA_ARCHITECTURES all-major)')
    expect(more[0]).toContain('add_library(test_kernel STATIC test.cu)')
    expect(more[0]).toContain('target_include_directories(test_kernel SYSTEM PUBLIC')
    expect(more[0]).toContain('add_executable(test_kernel_test test_main.cu)')
  })

  it('replaces its own files, but not those of others', async () => {
    const path = join(folder.path, 'theirs')
    const cmake = join(path, 'CMakeLists.txt')
    expect((await emitInto(path, '--with', 'cmake')).exitCode).toBe(0)
    expect((await emitInto(path, '--with', 'cmake')).exitCode).toBe(0)
    writeFileSync(cmake, 'project(theirs)\n')
    const source = readFileSync(join(path, 'q.cu'), 'utf8')
    const { exitCode, stderr } = await emitInto(path, '--with', 'cmake')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`where:   ${cmake}`)])
    expect([readFileSync(cmake, 'utf8'), readFileSync(join(path, 'q.cu'), 'utf8')]).toEqual([
      'project(theirs)\n',
      source,
    ])
    writeFileSync(join(path, 'q.cu'), 'theirs')
    const own = await emitInto(path)
    expect([own.exitCode, own.stderr]).toEqual([2, expect.stringContaining('or replace it with --force')])
    expect(readFileSync(join(path, 'q.cu'), 'utf8')).toBe('theirs')
    expect((await emitInto(path, '--with', 'cmake', '--force')).exitCode).toBe(0)
    expect([readFileSync(join(path, 'q.cu'), 'utf8'), readFileSync(cmake, 'utf8')]).toEqual([
      source,
      expect.stringContaining('qernel'),
    ])
  })

  it('is not replaced if it was edited by hand', async () => {
    const path = join(folder.path, 'edited')
    expect((await emitInto(path)).exitCode).toBe(0)
    const file = join(path, 'q.cu')
    const [source, edited] = [readFileSync(file, 'utf8'), `${readFileSync(file, 'utf8')}// mine\n`]
    writeFileSync(file, edited)
    const refused = await emitInto(path)
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('this would replace a file that was edited by hand after qernel made it'),
    ])
    expect(readFileSync(file, 'utf8')).toBe(edited)
    // Other line endings are not an edit.
    writeFileSync(file, source.replaceAll('\n', '\r\n'))
    expect((await emitInto(path)).exitCode).toBe(0)
    writeFileSync(file, edited)
    expect((await emitInto(path, '--force')).exitCode).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(source)
  })

  it('- means standard output', async () => {
    const argv = ['emit', 'int8_per_token', '--target', 'cuda']
    expect(await inThisProcess([...argv, '-o', '-'])).toEqual(await inThisProcess(argv))
  })

  it.each<[string, string[], string]>([
    ['several files without a name', [...cuda, '--header'], 'several files would be written, but no name is given'],
    ['a name with another ending', [...cuda, '--with', 'main', '-o', 'q.cc'], 'ends in .cu'],
    [
      'a name that other names cannot be derived from',
      [...cuda, '--with', 'main', '-o', '7 q.cu'],
      "'7 q.cu' is not the name",
    ],
    [
      'a header for WGSL',
      ['emit', 'int8_per_channel', '--target', 'wgsl', '--header', '-o', 'q.wgsl'],
      '--header does not go with --target wgsl',
    ],
    [
      'a launcher for CUDA',
      [...cuda, '--with', 'launcher', '-o', 'q.cu'],
      '--with launcher does not go with --target cuda',
    ],
    [
      'a module whose name does not end in .ts',
      ['emit', 'int8_per_channel', '--target', 'wgsl', '--with', 'launcher', '-o', 'q.wgsl'],
      "'q.wgsl' does not end in .ts",
    ],
    ['an unknown part', [...cuda, '--with', 'mian', '-o', 'q.cu'], "did you mean 'main'?"],
    ['a name that is not an identifier', [...cuda, '--name', '7keys'], "'7keys' is not a valid name for a kernel"],
    ['a name that the kernel already uses', [...cuda, '--name', 'D'], 'D is already a name in the kernel'],
    ['a seed below 0', [...cuda, '--seed', '-1', '-o', 'q.cu'], "'-1' is not a seed"],
  ])('refuses %s', async (_, argv, says) => {
    const { exitCode, stdout, stderr } = await inThisProcess(argv)
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)])
  })
})
