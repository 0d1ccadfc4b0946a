import { expect, test } from 'vitest'
import { isPlainName, nameInFile } from '../../src/internal.ts'

test.each(['x', 'scale', 'q', 'T', 'D', 'zero_point', 'x_value', 'x4', 't_in', 'scale_max', 'x_words4', 'total_2'])(
  '%s stays unchanged',
  name => expect(nameInFile(name)).toBe(name),
)

test.each([
  ...[
    'linux',
    'unix',
    'stdin',
    'errno',
    'INT_MAX',
    'CHAR_BIT',
    'BUFSIZ',
    'NULL',
    'EOF',
    'uint32_t',
    'size_t',
    'row_t',
    'float4',
  ],
  ...[
    'make_float4',
    'half',
    'min',
    'max',
    'i8',
    'u32',
    'f16_bits',
    'pack_i8',
    'clamp',
    'fits',
    'stream',
    'group',
    'local',
    'sizes',
  ],
  ...['x_', 'x__', 'x__y', 'constructor', 'X_MAX', 'M_E', 'fn', 'int', 'float', 'operator', 'x1234'],
])('%s gets an underscore', name => {
  expect(isPlainName(name)).toBe(false)
  expect(nameInFile(name)).toBe(`${name}_`)
})

test('different names stay different', () => {
  const names = ['int', 'int_', 'int__', 'x', 'x_', 'x__', 'X', '_']
  expect(new Set(names.map(nameInFile)).size).toBe(names.length)
})

/** From the appendix of the WGSL specification: keywords and reserved words. */
const ofWgsl =
  'alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop override requires ' +
  'return struct switch true var while NULL Self abstract active alignas alignof as asm asm_fragment async attribute auto await become cast ' +
  'catch class co_await co_return co_yield coherent column_major common compile compile_fragment concept const_cast consteval constexpr ' +
  'constinit crate debugger decltype delete demote demote_to_helper do dynamic_cast enum explicit export extends extern external fallthrough ' +
  'filter final finally friend from fxgroup get goto groupshared highp impl implements import inline instanceof interface layout lowp macro ' +
  'macro_rules match mediump meta mod module move mut mutable namespace new nil noexcept noinline nointerpolation non_coherent noncoherent ' +
  'noperspective null nullptr of operator package packoffset partial pass patch pixelfragment precise precision premerge priv protected pub ' +
  'public readonly ref regardless register reinterpret_cast require resource restrict self set shared sizeof smooth snorm static ' +
  'static_assert static_cast std subroutine super target template this thread_local throw trait try type typedef typeid typename typeof union ' +
  'unless unorm unsafe unsized use using varying virtual volatile wgsl where with writeonly yield'
/** The keywords of C++20, with its alternative tokens, and of Python 3. */
const ofOthers =
  'alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl concept const const_cast ' +
  'consteval constexpr constinit continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export ' +
  'extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected ' +
  'public register reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this ' +
  'thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq ' +
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda ' +
  'nonlocal not or pass raise return try while with yield match case type'

test('no keyword stays unchanged', () => {
  const keywords = `${ofWgsl} ${ofOthers}`.split(' ')
  expect(keywords.filter(isPlainName)).toEqual([])
  expect(keywords.map(word => `${word}_`).filter(word => keywords.includes(word))).toEqual([])
})
