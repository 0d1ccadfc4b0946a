/** Arithmetic on intervals in plain C++. */
import type { Definition } from '../functions.ts'
import { needs } from './interval-type.ts'

const inline = (type: string, name: string, parameters: readonly string[], body: string): string =>
  `inline ${type} ${name}(${parameters.join(', ')}) { ${body} }`
const letters = ['a', 'b', 'c'] as const
const take = (count: number, of: string): string[] => letters.slice(0, count).map(letter => `${of} ${letter}`)
const floats = (count: number): string[] => take(count, 'Interval<float>')
const list = (count: number): string => letters.slice(0, count).join(', ')
const nan = (count: number): string =>
  letters
    .slice(0, count)
    .map(letter => `${letter}.nan`)
    .join(' || ')
const scalar = (name: string, count: number, of: string): string => {
  const names = ['x', 'y', 'z'].slice(0, count)
  return `[](${names.map(each => `${of} ${each}`).join(', ')}) { return ${name}(${names.join(', ')}); }`
}

/** Increases or decreases with each operand, and is NaN of NaN: the ends of the operands give the ends of the result. */
const monotone = (name: string, count: number): string =>
  inline(
    'Interval<float>',
    name,
    floats(count),
    `return corners<float>(${scalar(name, count, 'float')}, ${nan(count)}, ${list(count)});`,
  )

const template = (name: string, count: number, body: string): string =>
  `template <typename T>\n${inline('Interval<T>', name, take(count, 'Interval<T>'), body)}`

/** Integers wrap: the result lies between those of the ends only if none of them wraps. */
const integers = (name: string, count: number): string =>
  `template <typename T>
inline Interval<T> ${name}(${take(count, 'Interval<T>').join(', ')}) {
  if (${letters
    .slice(0, count)
    .map(letter => `${letter}.is_known()`)
    .join(' && ')}) return known(${name}(${letters
    .slice(0, count)
    .map(letter => `${letter}.value()`)
    .join(', ')}));
  return unwrapped<T>(corners<double>(${
    count === 1
      ? '[](double x) { return 0.0 - x; }'
      : `[](double x, double y) { return x ${{ add: '+', sub: '-', mul: '*' }[name]} y; }`
  }, false, ${letters
    .slice(0, count)
    .map(letter => `as_reals(${letter})`)
    .join(', ')}));
}`

const arithmetic = ['corners', 'Interval', 'unwrapped', 'as_reals', 'anything']

/** The larger or smaller of two: a NaN loses, so the other operand alone may be the result. */
const extreme = (name: string): Definition => ({
  text: `inline Interval<float> ${name}(Interval<float> a, Interval<float> b) {
  Interval<float> all = corners<float>(${scalar(name, 2, 'float')}, a.nan && b.nan, without_nan(a), without_nan(b));
  if (a.nan) all = hull(all, without_nan(b));
  if (b.nan) all = hull(all, without_nan(a));
  return all;
}
${template(name, 2, `return corners<T>(${scalar(name, 2, 'T')}, false, a, b);`)}`,
  uses: needs(name, 'corners', 'without_nan', 'hull'),
})

export const arithmeticFunctions: Readonly<Record<string, Definition>> = {
  add: { text: `${monotone('add', 2)}\n${integers('add', 2)}`, uses: needs('add', ...arithmetic) },
  sub: { text: `${monotone('sub', 2)}\n${integers('sub', 2)}`, uses: needs('sub', ...arithmetic) },
  mul: {
    text: `${inline('Interval<float>', 'mul', floats(2), `return products(${scalar('mul', 2, 'float')}, a.nan || b.nan, a, b);`)}\n${integers('mul', 2)}`,
    uses: needs('mul', 'zero_times_infinity', ...arithmetic),
  },
  fused: {
    text: inline(
      'Interval<float>',
      'fused',
      floats(3),
      `return products(${scalar('fused', 3, 'float')}, ${nan(3)}, a, b, c);`,
    ),
    uses: needs('fused', 'zero_times_infinity', 'corners'),
  },
  div: {
    text: `inline Interval<float> div(Interval<float> a, Interval<float> b) {
  if (!holds_zero(b) || (a.is_known() && b.is_known())) return corners<float>(${scalar('div', 2, 'float')}, a.nan || b.nan, a, b);
  return {-INFINITY, INFINITY, a.nan || b.nan || holds_zero(a) || (holds_infinity(a) && holds_infinity(b))};
}`,
    uses: needs('div', 'zero_times_infinity', 'corners'),
  },
  neg: { text: `${monotone('neg', 1)}\n${integers('neg', 1)}`, uses: needs('neg', ...arithmetic) },
  abs_of: {
    text: `template <typename T>
inline Interval<T> abs_of(Interval<T> a) {
  if (a.is_known()) return known(abs_of(a.value()));
  if (std::is_same<T, int32_t>::value && a.low == -2147483648.0) return anything<T>();
  if (a.low > a.high) return a;
  const double low = std::fabs(a.low), high = std::fabs(a.high);
  return {a.low <= 0.0 && a.high >= 0.0 ? 0.0 : std::fmin(low, high), std::fmax(low, high), a.nan};
}`,
    uses: needs('abs_of', 'known', 'anything'),
  },
  min_of: extreme('min_of'),
  max_of: extreme('max_of'),
  clamp_to: {
    text: `// With limits in order the result increases with all three operands.
template <typename T>
inline Interval<T> clamp_to(Interval<T> a, Interval<T> low, Interval<T> high) {
  if (low.high <= high.low && !low.nan && !high.nan)
    return corners<T>([](T x, T y, T z) { return clamp_to(x, y, z); }, a.nan, a, low, high);
  return hull(hull(a, without_nan(low)), without_nan(high));
}`,
    uses: needs('clamp_to', 'corners', 'without_nan', 'hull'),
  },
  ...Object.fromEntries(
    ['round_half_even', 'round_half_away', 'floor_of', 'ceil_of', 'trunc_of', 'sqrt_of'].map(name => [
      name,
      { text: monotone(name, 1), uses: needs(name, 'corners') },
    ]),
  ),
}
