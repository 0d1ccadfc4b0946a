/** Words that a WGSL module cannot use as names, or that generated code needs in their built-in meaning. */
const words = `
alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop
override requires return struct switch true var while
NULL Self abstract active alignas alignof as asm asm_fragment async attribute auto await become cast catch class co_await
co_return co_yield coherent column_major common compile compile_fragment concept const_cast consteval constexpr constinit
crate debugger decltype delete demote demote_to_helper do dynamic_cast enum explicit export extends extern external
fallthrough filter final finally friend from fxgroup get goto groupshared highp impl implements import inline instanceof
interface layout lowp macro macro_rules match mediump meta mod module move mut mutable namespace new nil noexcept noinline
nointerpolation non_coherent noncoherent noperspective null nullptr of operator package packoffset partial pass patch
pixelfragment precise precision premerge priv protected pub public readonly ref regardless register reinterpret_cast require
resource restrict self set shared sizeof smooth snorm static static_assert static_cast std subroutine super target template
this thread_local throw trait try type typedef typeid typename typeof union unless unorm unsafe unsized use using varying
virtual volatile wgsl where with writeonly yield
array bool f16 f32 i32 u32 vec2 vec3 vec4 vec2f vec3f vec4f vec2i vec3i vec4i vec2u vec3u vec4u atomic ptr
abs bitcast ceil clamp exp2 floor fma log2 max min round select sign sqrt trunc unpack2x16float pack2x16float workgroupBarrier countLeadingZeros subgroupShuffleXor atomicMax atomicLoad atomicStore
read write read_write storage uniform workgroup function private atomicMax atomicLoad atomicStore subgroupShuffleXor
group local sizes Sizes`

const reserved = new Set(words.split(/\s+/).filter(word => word !== ''))

/**
 * The name as WGSL can have it: an underscore more behind reserved words and what generated functions are called, whether or
 * not the author put some there, so that different names stay different.
 */
export function wgslName(name: string): string {
  const known = names.get(name)
  if (known !== undefined) return known
  if (names.size >= 1000) names.clear()
  const made = isTaken(name) ? `${name}_` : name
  names.set(name, made)
  return made
}

/** Programs use few names, each of them often. */
const names = new Map<string, string>()

const isTaken = (name: string): boolean =>
  reserved.has(name.replace(/_+$/, '')) ||
  /^(saturate|round_to_code|u32_to_f32|max_number|clamp_number|min_number|max_magnitude|round_half_away|pack|unpack|f16_|narrow_|bf16_bits|abs_i32|div_f32|divide_to_code)/.test(
    name,
  )
