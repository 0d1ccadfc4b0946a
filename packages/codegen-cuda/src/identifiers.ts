/** Names of a program that C++, CUDA or the file itself already uses get an underscore at the end. */
import { type DeviceProgram, declaredNames } from '@qernel/codegen'
import { isHeaderFunction } from './header-functions.ts'

const reserved = new Set(
  // C++ keywords and alternative tokens
  (
    'alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl ' +
    'concept const const_cast consteval constexpr constinit continue co_await co_return co_yield decltype default delete ' +
    'do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable ' +
    'namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast ' +
    'requires return short signed sizeof static static_assert static_cast struct switch template this thread_local throw ' +
    'true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq ' +
    // macros and functions that headers define
    'NULL INFINITY NAN EOF errno main min max abs assert size_t int8_t uint8_t int64_t uintptr_t dim3 ' +
    'float2 float4 int2 int4 uint2 uint4 char2 char4 uchar2 uchar4 rintf roundf floorf ceilf truncf fabsf fminf fmaxf ' +
    'exp2f log2f threadIdx blockIdx blockDim gridDim warpSize cudaError_t cudaStream_t linux unix ' +
    // what the file defines
    'f16x4 bf16x4 pack_i8 pack_u8 pack_f16 clamp wrapping_add wrapping_sub wrapping_mul wrapping_neg wrapping_abs ' +
    'stream fits atomicMax'
  ).split(' '),
)

export interface Identifiers {
  /** A name of the program as it is declared. Different names stay different. */
  of(name: string): string
  /** The name of a pointer to vectors of an array: `x4`, or `x_words4` where it is to words that hold its elements. */
  view(array: string, lanes: number, isWords: boolean): string
  /** A name that nothing in the program has. */
  fresh(wanted: string): string
}

export function identifiers(program: DeviceProgram): Identifiers {
  const names = [...programNames(program)]
  const taken = new Set(names)
  const fresh = (wanted: string): string => {
    let name = wanted
    while (reserved.has(name) || taken.has(name)) name += '_'
    taken.add(name)
    return name
  }
  const entries = new Set(program.functions.map(({ entry }) => entry))
  const isTaken = (name: string) => reserved.has(name) || (entries.has(name) && isHeaderFunction(name))
  const renamed = new Map(names.filter(isTaken).map(name => [name, fresh(name)]))
  const views = new Map<string, string>()
  const of = (name: string) => renamed.get(name) ?? name
  const view = (array: string, lanes: number, isWords: boolean): string => {
    const wanted = `${of(array)}${isWords ? '_words' : ''}${lanes}`
    const known = views.get(wanted) ?? fresh(wanted)
    views.set(wanted, known)
    return known
  }
  return { of, view, fresh }
}

function programNames({ arrays, sizes, functions }: DeviceProgram): Set<string> {
  const names = new Set([...arrays.map(array => array.name), ...sizes])
  for (const { entry, shared, body } of functions) {
    names.add(entry)
    for (const array of shared) names.add(array.name)
    for (const name of declaredNames(body)) names.add(name)
  }
  return names
}
