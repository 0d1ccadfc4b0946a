import { f16, f32, i8, kernel, max, sum } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { dropIn } from '../src/index.ts'

const copy = (summary?: string) =>
  kernel(
    'copy',
    ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N])
      output('y', f32, { n: N }, n => x(n))
    },
    summary,
  )

test.each([
  [undefined, '"""copy\n'],
  ['says "1 \\ d"', '"""says \\"1 \\\\ d\\"\n'],
  ['"""', '"""\\"\\"\\"\n'],
])('the docstring for the summary %s is valid Python', (summary, says) => {
  const { files } = dropIn(copy(summary), [], { base: 'k', parts: ['torch'], seed: 1 })
  const python = files.find(({ name }) => name === 'k_torch.py')?.source
  expect(python?.split(says)).toHaveLength(3)
})

test('self-tests begin with sizes that the kernel accepts', () => {
  const picky = kernel('picky', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D', { multipleOf: 48, atMost: 1000 })]
    const x = input('x', f32, [T, D])
    output('y', f32, { t: T, d: D }, (t, d) => x(t, d))
  })
  const { files } = dropIn(picky, [], { base: 'k', parts: ['main', 'torch'], seed: 1 })
  const text = (name: string) => files.find(file => file.name === name)?.source ?? ''
  expect(text('k_main.cu')).toContain('  int64_t T = 65536;\n  int64_t D = 144;\n')
  expect(text('k_main.cu')).toContain('NAME=N: T D (a multiple of 48, at most 1000)\\n')
  const tried = [...text('test_k_torch.py').matchAll(/dict\(T=\d+, D=(\d+)\)/g)].map(([, D]) => Number(D))
  expect(tried).toEqual([960, 960, 288])
})

test('self-tests run more rows than one grid reaches, unless a CPU would take too long for them', () => {
  const sizes = (rows: number, steps: string) => {
    const twice = kernel('twice', ({ size, input, output }) => {
      const [T, D] = [size('T', { multipleOf: 3 }), size('D')]
      const x = input('x', f32, [T, D])
      output('y', f32, { t: T, d: D }, (t, d) => x(t, d).mul(2))
    })
    const { files } = dropIn(twice, parseSteps(`tile(t=${rows},d=64) ${steps}`), {
      base: 'k',
      parts: ['main'],
      seed: 1,
    })
    const source = files.find(({ name }) => name === 'k_main.cu')?.source ?? ''
    const inParts = /sizes_in_parts\(\) \{[\s\S]*?\n\}/.exec(source)?.[0] ?? ''
    return inParts.match(/(?<=tried\.back\(\)\.)\w = \d+/g)
  }
  expect(sizes(1, 'vectorize(d=4) predicate(d=assume)')).toEqual(['T = 65547', 'D = 4'])
  expect(sizes(1024, 'bind(t_in=serial)')).toBeNull()
})

test('self-tests reach beyond groups that are longer than the sizes tried in any case', () => {
  const largest = kernel('largest', ({ size, input, output }) => {
    const [H, T] = [size('H'), size('T', { multipleOf: 2 })]
    const chunks = T.groups(512)
    const x = input('x', f32, [H, T])
    output('m', f32, { h: H, c: chunks.count }, (h, c) => max({ t: chunks.at(c) }, t => x(h, t)))
  })
  const { files } = dropIn(largest, parseSteps('tile(h=8)'), { base: 'k', parts: ['main'], seed: 1 })
  const source = files.find(({ name }) => name === 'k_main.cu')?.source ?? ''
  const across = /sizes_across_groups\(\) \{[\s\S]*?\n\}/.exec(source)?.[0] ?? ''
  expect(across.match(/(?<=tried\.back\(\)\.)\w = \d+/g)).toEqual(['H = 2', 'T = 514'])
})

test('PyTorch builds each source under its own name, whatever its file is called', () => {
  const nameOf = (factor: number) => {
    const own = kernel('own', ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N])
      output('y', f32, { n: N }, n => x(n).mul(factor))
    })
    const { files } = dropIn(own, [], { base: 'k', parts: ['torch'], seed: 1 })
    return /^ {4}name="(.*)",$/m.exec(files.find(({ name }) => name === 'k_torch.py')?.source ?? '')?.[1]
  }
  expect(nameOf(2)).toMatch(/^qernel_own_[0-9a-f]{16}$/)
  expect([nameOf(2), nameOf(3) === nameOf(2)]).toEqual([nameOf(2), false])
})

test('Python keywords and names used by the extension get an underscore', () => {
  const named = kernel('lambda', ({ size, input, output }) => {
    const N = size('is')
    const x = input('in', f32, [N])
    output('guard', f32, { n: N }, n => x(n))
  })
  const { files } = dropIn(named, [], { base: 'k', parts: ['torch'], seed: 1 })
  const text = (name: string) => files.find(file => file.name === name)?.source ?? ''
  expect(text('k_torch.py')).toContain('def lambda_(in_: torch.Tensor) -> torch.Tensor:')
  expect(text('k_torch.py')).toContain(
    '    is_ = in_.shape[0]\n    return in_.new_empty((is_,), dtype=torch.float32)\n',
  )
  expect(text('k_torch.py')).toContain('return torch.ops.qernel.lambda_(in_)')
  expect(text('test_k_torch.py')).toContain(
    'def arguments(is_):\n    in_ = random_floats((is_,), torch.float32)\n    return [in_]\n',
  )
  expect(text('k_torch.cpp')).toContain('library.def("lambda_(Tensor in_) -> Tensor");')
  expect(text('k_torch.cpp')).toContain('static_cast<float*>(guard_.mutable_data_ptr())')
})

test('PyTorch computes the number of records from the length of a row in bytes', () => {
  const back = kernel('back', ({ size, inputRecord, output }) => {
    const [T, B] = [size('T'), size('B')]
    const blocks = inputRecord('blocks', [T, B], { d: { type: f16 }, q: { type: i8, length: 32 } })
    output('x', f32, { t: T, b: B, e: 32 }, (t, b, e) => blocks.q(t, b, e).toF32().mul(blocks.d(t, b)))
  })
  const { files } = dropIn(back, [], { base: 'k', parts: ['torch'], seed: 1 })
  const text = (name: string) => files.find(file => file.name === name)?.source ?? ''
  expect(text('k_torch.cpp')).toContain('  const int64_t B = given_blocks.size(1) / 34;\n')
  expect(text('k_torch.cpp')).toContain('check_length(given_blocks, "blocks", 1, (34 * (B)));')
  expect(text('k_torch.py')).toContain('    B = blocks.shape[1] // 34\n')
})

test('where results have no certain bits, the extension has an operator that compares them with intervals', () => {
  const means = kernel('means', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const x = input('x', f16, [T, D])
    output('y', f16, { t: T }, t => sum({ d: D }, d => x(t, d)))
  })
  const filesOf = (steps: string) =>
    dropIn(means, parseSteps(steps), { base: 'm', parts: ['torch'], seed: 1 })
      .files.map(({ source }) => source)
      .join('\n')
  expect(filesOf('tile(t=8)')).not.toContain('_beyond')
  const reordered = filesOf('tile(t=8) splitReduction(d=4,combine=serial,reassociate=true)')
  expect(reordered).toContain('library.def("means_beyond(Tensor x, Tensor y) -> int[]");')
  expect(reordered).toMatch(
    /return \{\w+::means_beyond_y\(static_cast<const uint16_t\*>\(y\.const_data_ptr\(\)\), allowed_y\.data\(\), T, D, found\)\};/,
  )
  expect(reordered).toContain('torch.ops.qernel.means_beyond(*tensors, *actual, *sizes) == [-1] * len(actual)')
})
