import { describe, expect, test } from 'vitest'
import {
  abs,
  argmax,
  DefinitionError,
  f16,
  f32,
  field,
  i8,
  i32,
  interpretKernel,
  type KernelBuilder,
  kernel,
  max,
  min,
  parseKernel,
  select,
  serializeKernel,
  sum,
  type Tensor,
  u8,
} from '../src/index.ts'
import type { Operand, Value } from '../src/language/value.ts'

/** The message of the error for an invalid definition; any other error fails the test. */
function errorOf(define: (builder: KernelBuilder) => void, name = 'k'): string {
  try {
    kernel(name, define)
  } catch (error) {
    if (error instanceof DefinitionError) return error.message
    throw error
  }
  throw new Error('the kernel was built')
}

/** The message for the value of a stage y [T, D] of type f32, given x [T, D] and codes c (u8) [T, D]. */
const valueError = (value: (x: Value, c: Value) => unknown, type = f32) =>
  errorOf(({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    const c = input('c', u8, [T, D])
    output('y', type, [T, D], (t, d) => value(x(t, d), c(t, d)) as Operand)
  })

describe('the message names the kernel, the stage, the operand and what is expected, for', () => {
  test('operands of different types', () => {
    expect(valueError((x, c) => x.add(c))).toBe('kernel k, stage y: add: operand 2 is u32; expected f32')
  })
  test('an operation that the type does not support', () => {
    expect(valueError((_, c) => c.div(c))).toBe('kernel k, stage y: div: operand 1 is u32; expected f32')
  })
  test('a number that does not fit an integer type', () => {
    expect(valueError((_, c) => c.add(0.5).toF32())).toBe(
      'kernel k, stage y: add: operand 2 is the number 0.5; expected an integer of type u32',
    )
    expect(valueError((_, c) => c.add(-1).toF32())).toBe(
      'kernel k, stage y: add: operand 2 is the number -1; expected an integer of type u32',
    )
  })
  test('a condition that is not bool', () => {
    expect(valueError(x => select(x, 1, 0))).toBe('kernel k, stage y: select: condition is f32; expected bool')
  })
  test('branches of a select with different types', () => {
    expect(valueError((x, c) => x.gt(0).select(x, c))).toBe('kernel k, stage y: select: whenFalse is u32; expected f32')
  })
  test('a stage whose value is bool', () => {
    expect(valueError(x => x.gt(0))).toBe('kernel k, stage y: its value is bool; f32 is expected; use select(1, 0)')
  })
  test('a float stage whose value is an integer', () => {
    expect(valueError((_, c) => c)).toBe('kernel k, stage y: its value is u32, but f32 holds f32; write .toF32()')
  })
  test('a stage that returns nothing', () => {
    expect(valueError(() => undefined)).toBe('kernel k, stage y: its function returns nothing; a value is expected')
  })
  test('a number that does not fit the type of the stage', () => {
    expect(valueError(() => 300, i8)).toBe(
      'kernel k, stage y: its value is the number 300; i8 holds whole numbers from -128 to 127',
    )
    expect(valueError(() => 0.5, i8)).toMatch('its value is the number 0.5')
    expect(valueError(() => Number.NaN, i8)).toMatch('its value is the number NaN')
  })
  test('a float that becomes an integer without rounding', () => {
    expect(valueError(x => x.div(2), i8)).toBe(
      'kernel k, stage y: an f32 value becomes i8 without a rounding: rounding is part of a format. Add .round() (ties to even), .roundHalfAway(), .floor(), .ceil() or .trunc()',
    )
    expect(valueError(x => x.round().clamp(-127.5, 127), i8)).toMatch('without a rounding')
  })
  test('a cast to a type that it does not support', () => {
    expect(valueError(x => x.saturate(f16))).toBe('kernel k, stage y: saturate(f16) needs an integer type')
    expect(valueError(x => x.wrap(i8))).toBe('kernel k, stage y: wrap: operand is f32; expected i32 or u32')
  })
})

describe('refuses to load with', () => {
  const indexError = (load: (x: (...index: never[]) => Value, t: never, d: never) => unknown) =>
    errorOf(({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', f32, [T, D])
      output('y', f32, [T, D], (t, d) => load(x as never, t as never, d as never) as Operand)
    })
  test('too few indices', () => {
    expect(indexError((x, t) => x(t))).toBe('kernel k, stage y: x has rank 2 (T × D) but is called with 1 index')
  })
  test('too many indices', () => {
    expect(indexError((x, t, d) => x(t, d, d))).toBe(
      'kernel k, stage y: x has rank 2 (T × D) but is called with 3 indices',
    )
  })
  test('an index of the wrong type', () => {
    expect(indexError((x, t, d) => x(t, x(t, d) as never))).toBe(
      'kernel k, stage y: index 2 of x is a value of type f32; expected an index, a whole number from 0 to 2147483647, or an i32 or u32 value',
    )
    expect(indexError((x, t) => x(t, -1 as never))).toMatch('index 2 of x is the number -1')
  })
  test('an index used as a value', () => {
    expect(indexError((x, t, d) => x(t, d).add(d))).toBe(
      'kernel k, stage y: add: an operand is an index; write index.value() to compute with it',
    )
  })
  test('more parameters than the tensor has dimensions', () => {
    expect(
      errorOf(({ size, output }) => {
        const D = size('D')
        output('y', f32, [D], (t, d) => t.value().add(d.value()).toF32())
      }),
    ).toBe('kernel k, stage y: its function takes 2 indices, but the tensor has 1 dimension')
  })
  test('the group of an axis that is not grouped', () => {
    expect(indexError((x, t, d) => x(t, (d as { group: never }).group))).toBe(
      'kernel k, stage y: this index has no group; declare its axis as D.groups(n)',
    )
  })
  test('an index of another stage', () => {
    let escaped: unknown
    expect(
      errorOf(({ size, input, output }) => {
        const D = size('D')
        const x = input('x', f32, [D])
        output('y', f32, [D], d => {
          escaped = d
          return x(d)
        })
        output('z', f32, [D], () => x(escaped as never))
      }),
    ).toBe('kernel k, stage z: an index of x belongs to another stage or reduction')
  })
  test('a group whose index belongs to another stage', () => {
    let escaped: unknown
    expect(
      errorOf(({ size, output }) => {
        const D = size('D')
        const groups = D.groups(4)
        output('y', f32, [groups.count], g => {
          escaped = g
          return 1
        })
        output('z', f32, [D], () => sum(groups.at(escaped as never), () => 1))
      }),
    ).toBe('kernel k, stage z: the group of a reduction belongs to another stage or reduction')
  })
})

describe('reductions', () => {
  test('an error names the reduction', () => {
    expect(valueError((x, c) => max(4, () => x.add(c)))).toBe(
      'kernel k, stage y, max over 4: add: operand 2 is u32; expected f32',
    )
  })
  test('refuses a tensor that was not called', () => {
    expect(
      errorOf(({ size, input, output }) => {
        const D = size('D')
        const x = input('x', f32, [D])
        output('y', f32, [D], d => min(x(d), x as never))
      }),
    ).toBe(
      'kernel k, stage y: min: an operand is a tensor or a function (call it with indices); a value or a number is expected',
    )
  })
  test('refuses a body that is bool or returns nothing', () => {
    expect(valueError(x => sum(4, () => x.gt(0)))).toBe(
      'kernel k, stage y, sum over 4: its body is bool; expected f32, i32 or u32',
    )
    expect(valueError(() => sum(4, (() => undefined) as never))).toBe(
      'kernel k, stage y, sum over 4: its function returns undefined; a value is expected',
    )
  })
  test('refuses lengths that are not whole numbers of at least 1', () => {
    expect(valueError(() => sum(0, () => 1))).toBe(
      'kernel k, stage y, sum over 0: the length is 0; a whole number from 1 to 2147483647 is expected',
    )
    expect(valueError(() => sum(2.5, () => 1))).toMatch('the length is 2.5; a whole number')
  })
  test('refuses axes that are not sizes, and a missing function', () => {
    expect(valueError(x => sum({ t: x } as never, () => 1))).toBe(
      'kernel k, stage y, sum: the axis t is a value; expected a size, a whole number, groups or the elements of a group',
    )
    expect(valueError(x => max([4, x] as never, () => 1))).toContain('the axis 1 is a value; expected a size')
    expect(valueError(() => argmax({ t: undefined } as never, i => i.value()))).toContain(
      'the axis t is of type undefined',
    )
    expect(
      errorOf(({ size, input, output }) => {
        const x = input('x', f32, [size('T')])
        output('y', f32, { t: x as never }, () => 1)
      }),
    ).toBe('kernel k, stage y: the dimension 1 of y is of type function; expected a size, a whole number, or groups')
    expect(valueError(() => sum(4, 5 as never))).toBe('kernel k, stage y: sum needs an axis and a function')
  })
})

describe('declarations', () => {
  test('refuses a kernel without an output', () => {
    expect(errorOf(({ size }) => void size('T'))).toBe(
      'kernel k: it has no output; declare one with output(name, type, dims, value)',
    )
  })
  test('refuses a name that is declared twice', () => {
    expect(
      errorOf(({ size, input }) => {
        size('T')
        input('T', f32, [1])
      }),
    ).toBe('kernel k, input T: the name T is declared twice')
  })
  test.each(['2x', 'a-b', '', 'é', 'a'.repeat(64)])('refuses the name %j', name => {
    expect(errorOf(({ size }) => void size(name))).toBe(
      `kernel k: the size name '${name}' is not a letter followed by letters, digits and _ (63 at most)`,
    )
  })
  test('refuses names that schedules reserve', () => {
    expect(errorOf(({ output }) => void output('stage', f32, [1], () => 0))).toBe(
      "kernel k, stage stage: the tensor name 'stage' is reserved",
    )
    expect(errorOf(({ output }) => void output('y', f32, [1], stage => stage.value().toF32()))).toBe(
      "kernel k, stage y: the index name 'stage' is reserved",
    )
  })
  test('refuses a size that is a multiple of 0', () => {
    expect(errorOf(({ size }) => void size('D', { multipleOf: 0 }))).toBe(
      'kernel k: multipleOf of size D is 0; a whole number from 1 to 2147483647 is expected',
    )
  })
  test('refuses a tensor without dimensions, a dimension of 0, and groups of length 0', () => {
    expect(errorOf(({ input }) => void input('x', f32, []))).toBe(
      'kernel k, input x: a tensor needs at least one dimension',
    )
    expect(errorOf(({ input }) => void input('x', f32, [0]))).toBe(
      'kernel k, input x: a dimension is 0; a whole number from 1 to 2147483647 is expected',
    )
    expect(errorOf(({ size }) => void size('D').groups(0))).toBe(
      'kernel k: the length of groups of D is 0; a whole number from 1 to 2147483647 is expected',
    )
  })
  test('a refused kernel does not affect the next one', () => {
    errorOf(({ size }) => void size('2x'), 'broken')
    expect(valueError(x => abs(x).and(x))).toBe('kernel k, stage y: and: operand 1 is f32; expected bool or i32 or u32')
    const fine = kernel('fine', ({ output }) => void output('y', i32, [1], i => i.value()))
    expect(fine.stages[0]?.axes[0]).toEqual({ id: 0, name: 'i', extent: 1 })
  })
})

test('axes keep the names that the author gave them, and unnamed axes get a generated name', () => {
  const named = kernel('named', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [T, D], (_, d) => max(T, row => x(row, d)))
  })
  expect(named.stages[0]?.axes.map(axis => axis.name)).toEqual(['i0', 'd'])
})

describe('refuses numbers beyond 32 bits in', () => {
  const large = 2 ** 33
  test.each<[string, string, Parameters<typeof kernel>[1]]>([
    [
      'a factor of an index',
      'kernel k, stage y: index.mul(8589934592) makes 8589934592 a part of the index; a number in an index must be at most 2147483647',
      ({ size, output }) => output('y', i32, [size('N')], n => n.mul(large).add(5).value()),
    ],
    [
      'the constant of an index',
      'kernel k, stage y: index.add(3000000000) makes 3000000000 a part of the index',
      ({ size, output }) => output('y', i32, [size('N')], n => n.add(3e9).value()),
    ],
    [
      'a product of factors of an index',
      'index.mul(65536) makes 4294967296 a part of the index',
      ({ size, output }) => output('y', i32, [size('N')], n => n.mul(65536).mul(65536).value()),
    ],
    [
      'the length of a group',
      'kernel k: the length of groups of N is 8589934592; a whole number from 1 to 2147483647 is expected',
      ({ size }) => void size('N').groups(large),
    ],
    [
      'the elements of a group of a strided index',
      'stage y: an index holds the number 4294967296; at most 2147483647 is allowed',
      ({ size, input, output }) => {
        const N = size('N')
        const x = input('x', f32, [N])
        const groups = N.groups(65536)
        output('y', f32, [N], n => sum(groups.at(n.mul(65536)), e => x(e)))
      },
    ],
    [
      'a dimension',
      'kernel k, input x: a dimension is 8589934592',
      ({ size, input }) => void input('x', i8, [size('N'), large]),
    ],
    [
      'a constant index',
      'index 2 of x is the number 4294967297; expected an index, a whole number from 0 to 2147483647',
      ({ size, input, output }) => {
        const N = size('N')
        const x = input('x', f32, [N, 4])
        output('y', f32, [N], n => x(n, 2 ** 32 + 1))
      },
    ],
    [
      'the length of a record in bytes',
      'tensor y: the dimension 4294967296 exceeds 2147483647',
      ({ size, outputRecord }) => void outputRecord('y', [size('N'), 2 ** 30], { s: field(f32, () => 1) }),
    ],
    [
      'a fact about a size',
      'kernel k: multipleOf of size N is 8589934592',
      ({ size }) => void size('N', { multipleOf: large }),
    ],
  ])('%s', (_, message, define) => {
    expect(errorOf(define)).toMatch(message)
  })

  test('a serialized kernel', () => {
    const one = kernel('k', ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N, 7])
      output('y', f32, [N], n => x(n, 3))
    })
    const text = serializeKernel(one).replace('"constant":3,', '"constant":4294967297,')
    expect(() => parseKernel(text)).toThrow(
      'stage y: an index holds the number 4294967297; at most 2147483647 is allowed',
    )
  })

  test('the value of an index wraps like any i32', () => {
    const one = kernel('k', ({ size, output }) => {
      output('y', i32, [size('N')], n => n.mul(2 ** 30).value())
    })
    const { data } = interpretKernel(one, new Map(), new Map([['N', 6]])).get('y') as Tensor
    expect([...data]).toEqual([0, 2 ** 30, -(2 ** 31), -(2 ** 30), 0, 2 ** 30])
  })
})
