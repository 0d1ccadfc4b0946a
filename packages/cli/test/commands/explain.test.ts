import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess, qernel, type Refusal } from '../command-line.ts'

const folder = temporaryFolder()

const quantize = 'int8_per_channel_quantize'
const explain = (...argv: readonly string[]) => inThisProcess(['explain', ...argv])

describe('explain', () => {
  it('shows the loops before the first step and the changes of each step, repairs first', async () => {
    const { exitCode, stdout } = await explain(quantize, '--steps', 'tile(t=16,d=16)')
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "int8_per_channel_quantize for wgsl, steps of your own

      0. before any step
          serial t in T
            serial d in D
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))

      1. vectorize(d=4,access=1,stage=q) (repair: each packed word gets one owner)
          serial t in T
        -   serial d in D
        -     q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
        +   serial d in D/4
        +     vector d_vec in 4
        +       q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D

      2. tile(t=16,d=16)
        - serial t in T
        -   serial d in D/4
        + grid.y t in T/16
        +   grid.x d in D/64
        +     block.y t_in in 16
        +       block.x d_in in 16
                  vector d_vec in 4
        -       q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D
        +           q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D

      dispatch                   access      bytes per thread  threads side by side  sectors per warp  fewest
      -------------------------  ----------  ----------------  --------------------  ----------------  ------
      int8_per_channel_quantize  load x                     4  apart                               16       4
      int8_per_channel_quantize  load scale                 4  apart                                8       2
      int8_per_channel_quantize  store q                    4  contiguous                           4       4

      dispatch                   workgroups       threads per workgroup  shared bytes
      -------------------------  ---------------  ---------------------  ------------
      int8_per_channel_quantize  D/64 × T/16 × 1                    256             0
      "
    `)
  })

  it('shows no repair if the target addresses bytes', async () => {
    const { stdout } = await explain(quantize, '--steps', 'tile(t=16,d=16)', '--target', 'cuda')
    expect(stdout).not.toContain('repair')
    expect(stdout).toContain('1. tile(t=16,d=16)\n')
  })

  it('says what is checked at launch', async () => {
    const { stdout } = await explain(quantize, '--schedule', 'vectorized')
    expect(stdout).toMatch(/^D must be a multiple of 4, by predicate\(d=assume\): checked at every launch$/m)
  })

  it('shows an unfinished schedule', async () => {
    const steps = 'bind(d=grid.x,stage=scale) splitReduction(t=64,combine=shared,stage=scale)'
    const { exitCode, stdout } = await explain('int8_per_channel', '--steps', steps, '--cost')
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      'cannot run yet: step 2, splitReduction(t=64,combine=shared,stage=scale): t_in combines 64 lanes, but no threads run them [not-bound]; try bind(t_in=block.x)',
    )
    expect(stdout).toContain('bytes per element')
  })

  it('writes one page with everything in it, the same every time', async () => {
    const steps = 'tile(d=64,stage=scale) tile(t=8,d=32,stage=q) cache(buffer=x,memory=shared,stage=q)'
    const [first, second] = [folder.file('first.html'), folder.file('second.html')]
    for (const path of [first, second]) {
      const { exitCode, stdout } = await explain('int8_per_channel', '--steps', steps, '--at', 'T=64', '--html', path)
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: `wrote ${path}: int8_per_channel for wgsl, 4 steps\n`,
      })
    }
    const page = readFileSync(first, 'utf8')
    expect(readFileSync(second, 'utf8')).toBe(page)
    // Nothing is loaded from elsewhere.
    expect(page).not.toMatch(/<(script|link|img|iframe)|https?:|url\(|@import/)
    const { source } = JSON.parse(
      (await inThisProcess(['emit', 'int8_per_channel', '--target', 'wgsl', '--steps', steps, '--json'])).stdout,
    )
    const shown = page
      .replace(/<[^>]*>/g, '')
      .replace(/&(lt|gt|quot|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name as 'lt'])
    for (const line of source.split('\n')) expect(shown).toContain(line)
    for (const part of [
      '4. cache(buffer=x,memory=shared,stage=q)',
      'x_tile',
      'load scale',
      'device-limit',
      'Counted at T = 64',
    ])
      expect(shown).toContain(part)
    // Every element that is opened is closed.
    const tags = (name: string) => [page.split(`<${name}`).length, page.split(`</${name}>`).length]
    for (const name of ['div', 'table', 'svg', 'figure', 'section', 'pre']) {
      const [opened, closed] = tags(name)
      expect(opened, name).toBe(closed)
    }
  })

  it('replaces its own pages, but no other file', async () => {
    const path = folder.file('theirs.html')
    writeFileSync(path, '<p>theirs</p>')
    const { exitCode, stderr } = await explain('int8_per_token', '--html', path)
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('this would replace a file that qernel did not make'),
    ])
    expect(readFileSync(path, 'utf8')).toBe('<p>theirs</p>')
    expect((await explain('int8_per_token', '--html', path, '--force')).exitCode).toBe(0)
    expect((await explain('int8_per_token', '--schedule', 'best', '--html', path)).exitCode).toBe(0)
  })

  it('- means standard output', async () => {
    const path = folder.file('same.html')
    await explain('int8_per_token', '--html', path)
    const { exitCode, stdout } = await explain('int8_per_token', '--html', '-')
    expect([exitCode, stdout]).toEqual([0, readFileSync(path, 'utf8')])
  })

  it('writes a page about an unfinished schedule, without code', async () => {
    const path = folder.file('unfinished.html')
    const steps = 'bind(d=grid.x,stage=scale) splitReduction(t=64,combine=shared,stage=scale)'
    const { exitCode } = await explain('int8_per_channel', '--steps', steps, '--html', path)
    const page = readFileSync(path, 'utf8')
    expect(exitCode).toBe(0)
    expect(page).toContain('t_in combines 64 lanes, but no threads run them')
    expect(page).not.toContain('The code')
  })

  it('counts the bytes of the longest arrays', async () => {
    for (const most of [8_000_000, 2 ** 31 - 1]) {
      const at = ['--at', `T=${most}`, '--at', `D=${most}`]
      const { stdout } = await explain('int8_per_token', '--schedule', 'best', '--cost', ...at)
      expect(stdout).toContain('ratio              1.800')
    }
  })

  it('counts bytes at the given sizes', async () => {
    const { stdout } = await explain(quantize, '--schedule', 'vectorized', '--cost', '--at', 'T=100', '--at', 'D=128')
    expect(stdout.slice(stdout.indexOf('Global memory'))).toMatchInlineSnapshot(`
      "Global memory at T = 100, D = 128

      tensor  role    elements  reads  writes  bytes  fewest  repeated
      ------  ------  --------  -----  ------  -----  ------  --------
      x       input      12800      1       –  51200   51200         0
      scale   input        128      1       –    512     512     50688
      q       output     12800      –       1  12800   12800         0

      bytes per element  5.040: 4.040 read, 1.000 written
      fewest possible    5.040: each input read once, each output written once
      ratio              1.000
      repeated           3.960: loads that some loop repeats and caches serve; not counted above

      Estimates; instructions are per element, additions say how many of f32 would take as long

      dispatch                   registers  resident threads  integer  conversion  division  memory  additions
      -------------------------  ---------  ----------------  -------  ----------  --------  ------  ---------
      int8_per_channel_quantize         20  100%, by threads     4.76        2.52      1.12    0.84       40.9

      dispatch                   access      bytes per thread  threads side by side  sectors per warp  fewest
      -------------------------  ----------  ----------------  --------------------  ----------------  ------
      int8_per_channel_quantize  load x                    16  contiguous                          16      16
      int8_per_channel_quantize  load scale                16  contiguous                           8       8
      int8_per_channel_quantize  store q                    4  contiguous                           4       4

      dispatch                   workgroups       threads per workgroup  shared bytes
      -------------------------  ---------------  ---------------------  ------------
      int8_per_channel_quantize  D/64 × T/16 × 1                    256             0
      "
    `)
  })

  it('counts a two-stage kernel as one read above the minimum', async () => {
    const argv = [
      'int8_per_channel',
      '--schedule',
      'vectorized',
      '--cost',
      '--set',
      'D=128',
      '--at',
      'T=131072',
      '--json',
    ]
    const { cost, launches } = JSON.parse((await explain(...argv)).stdout)
    expect(cost.sizes).toEqual({ T: 131072, D: 128 })
    // The words in which maxima are combined are written and read twice.
    const words = 2 * 128 * 4
    expect(cost.readBytes).toBe(2 * 131072 * 128 * 4 + 128 * 4 + words)
    expect(cost.writtenBytes).toBe(cost.minimumWrittenBytes + words)
    expect(launches.map((launch: { entry: string }) => launch.entry)).toEqual([
      'int8_per_channel_scale',
      'int8_per_channel_scale_2',
      'int8_per_channel_scale_3',
      'int8_per_channel_q',
    ])
  })

  it('prints data with --json', async () => {
    const { exitCode, stdout } = await qernel(['explain', quantize, '--steps', 'tile(t=8,d=8)', '--json'])
    const { repairs, stages, target, ...rest } = JSON.parse(stdout)
    expect(exitCode).toBe(0)
    expect(target).toBe('wgsl')
    expect(repairs).toEqual([{ transform: 'vectorize', d: 4, access: 1, stage: 'q' }])
    expect(stages.map((stage: { step?: string; isRepair: boolean }) => [stage.step, stage.isRepair])).toEqual([
      [undefined, false],
      ['vectorize(d=4,access=1,stage=q)', true],
      ['tile(t=8,d=8)', false],
    ])
    expect(rest).not.toHaveProperty('cost')
  }, 60_000)

  const scheduled = [quantize, '--steps', 'tile(t=8,d=8) vectorize(d=4,access=1)', '--target', 'cuda'] as const

  it('lists the passes of the target with the lines that each changed', async () => {
    const { stdout } = await explain(...scheduled, '--passes')
    expect(stdout).toMatchInlineSnapshot(`
      "int8_per_channel_quantize for cuda, steps of your own

      pass                    lines changed    what it does
      ----------------------  ---------------  -------------------------------------------------------------------
      fold-constants          none             evaluates integers and conditions that are constant
      hide-constant-divisors  not needed here  keeps divisions by constants from becoming products
      floats-of-codes         none             makes floats of packed codes by their bits, where floats are summed
      store-codes-as-words    +1 −1            computes four quotients that are 8-bit codes as one word
      scalarize               +4 −3            splits operations on vectors into one per lane
      isolate-products        none             keeps products from being contracted with sums
      remove-dead-code        none             removes code that no store depends on
      inline-copies           none             removes names that the next statement only copies
      merge-conditions        none             puts neighbouring statements with the same condition into one block
      declare-late            none             declares variables where they are first needed
      initialize-variables    none             declares variables with their first values
      "
    `)
  })

  it('shows the program after lowering and after a pass', async () => {
    const lowered = await explain(...scheduled, '--after', 'lowering')
    expect(lowered.stdout).toContain('The program as it is lowered\n    global x: f32 (read)\n')
    const { stdout } = await explain(...scheduled, '--after', 'scalarize')
    expect(stdout).toContain('The program after scalarize\n')
    expect(stdout).toMatch(/^ {2}- +let value = unpackI8\(packI8\(saturateFloat\(/m)
    expect(stdout).toMatch(/^ {2}\+ +let value_2 = packI8\(saturateFloat\(/m)
  })

  it('shows the unchanged program after a pass that the target does not need', async () => {
    const json = async (after: string) => JSON.parse((await explain(...scheduled, '--json', '--after', after)).stdout)
    const { passes, program } = await json('hide-constant-divisors')
    expect(passes).toContainEqual(expect.objectContaining({ name: 'hide-constant-divisors', runs: false, added: 0 }))
    expect(program).toEqual({ after: 'hide-constant-divisors', lines: (await json('fold-constants')).program.lines })
  })

  const refusals: readonly Refusal[] = [
    {
      what: 'an unknown pass',
      argv: [quantize, '--target', 'cuda', '--after', 'merge-condition'],
      says: ['unknown pass of cuda', "did you mean 'merge-conditions'?"],
    },
    {
      what: 'a pass of another target',
      argv: [quantize, '--after', 'scalarize'],
      says: ['unknown pass of wgsl', 'round-each-operation', 'cuda has this pass: --target cuda'],
    },
    {
      what: 'a page in a folder that takes no files',
      argv: [quantize, '--html', '/proc/qernel/page.html'],
      says: ['cannot write the file'],
    },
    { what: 'an unknown kernel', argv: ['int8_per_chanel'], says: ['int8_per_chanel', 'int8_per_channel'] },
    {
      what: 'a step that does not apply',
      argv: [quantize, '--steps', 'tile(t=0)'],
      says: ['step 1, tile(t=0)', 'bad-argument'],
    },
    { what: 'sizes without --cost', argv: [quantize, '--at', 'T=8'], says: ['--at', '--cost, --html FILE'] },
    { what: 'an unknown size', argv: [quantize, '--cost', '--at', 'N=8'], says: ['N', 'T, D'] },
    {
      what: 'a size fixed to another value',
      argv: [quantize, '--cost', '--set', 'D=128', '--at', 'D=64'],
      says: ['size D is fixed to 128', '--at D=64'],
    },
    {
      what: 'a size that breaks an assumption',
      argv: [quantize, '--schedule', 'vectorized', '--cost', '--at', 'D=30'],
      says: ['size D must be a multiple of 4', 'D=28, D=32'],
    },
  ]
  it.each(refusals)('refuses $what', async ({ argv, says }) => {
    const { exitCode, stdout, stderr } = await explain(...argv)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    for (const part of says) expect(stderr).toContain(part)
  })
})
