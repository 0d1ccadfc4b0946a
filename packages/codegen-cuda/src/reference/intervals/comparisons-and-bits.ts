/** Comparisons, selections, bits and conversions on intervals in plain C++. */
import type { Definition } from '../functions.ts'
import { needs } from './interval-type.ts'

const comparison = (operator: string, holds: string, fails: string): Definition => ({
  text: `template <typename T>
inline Interval<bool> operator${operator}(Interval<T> a, Interval<T> b) {
  return truth(${holds}, ${fails} || a.nan || b.nan);
}`,
  uses: needs('truth'),
})
const meet = 'a.low <= b.high && b.low <= a.high'
const isOne = '(a.low == a.high && b.low == b.high)'

/** Exact on numbers; on intervals anything, except that the ends of `bool` are all of its values. */
const bitwise = (operator: string): Definition => ({
  text: `template <typename T>
inline Interval<T> operator${operator}(Interval<T> a, Interval<T> b) {
  if (a.is_known() && b.is_known()) return known(T(a.value() ${operator} b.value()));
  return std::is_same<T, bool>::value ? corners<T>([](T x, T y) { return T(x ${operator} y); }, false, a, b) : anything<T>();
}`,
  uses: needs('corners', 'anything', 'known'),
})

export const otherFunctions: Readonly<Record<string, Definition>> = {
  select_of: {
    text: `template <typename T>
inline Interval<T> select_of(Interval<bool> condition, Interval<T> yes, Interval<T> no) {
  return condition.is_known() ? (condition.value() ? yes : no) : hull(yes, no);
}`,
    uses: needs('hull'),
  },
  '<': comparison('<', 'a.low < b.high', 'a.high >= b.low'),
  '<=': comparison('<=', 'a.low <= b.high', 'a.high > b.low'),
  '>': comparison('>', 'a.high > b.low', 'a.low <= b.high'),
  '>=': comparison('>=', 'a.high >= b.low', 'a.low < b.high'),
  '==': comparison('==', meet, `!(${isOne} && ${meet})`),
  '!=': comparison('!=', `a.nan || b.nan || !(${isOne} && ${meet})`, `(${meet}) && !(a.nan || b.nan)`),
  '&': bitwise('&'),
  '|': bitwise('|'),
  '^': bitwise('^'),
  not_of: {
    text: `inline Interval<bool> not_of(Interval<bool> a) { return {1.0 - a.high, 1.0 - a.low, false}; }
template <typename T>
inline Interval<T> not_of(Interval<T> a) { return a.is_known() ? known(T(~a.value())) : anything<T>(); }`,
    uses: needs('known', 'anything'),
  },
  shift_left: {
    text: `template <typename T, typename B>
inline Interval<T> shift_left(Interval<T> a, Interval<B> b) {
  if (!b.is_known()) return anything<T>();
  if (a.is_known()) return known(shift_left(a.value(), uint32_t(b.value())));
  const double factor = std::ldexp(1.0, int(uint32_t(b.value()) & 31u));
  return unwrapped<T>({a.low * factor, a.high * factor, false});
}`,
    uses: needs('shift_left', 'known', 'unwrapped'),
  },
  shift_right: {
    text: `template <typename T, typename B>
inline Interval<T> shift_right(Interval<T> a, Interval<B> b) {
  if (!b.is_known()) return anything<T>();
  const uint32_t by = uint32_t(b.value());
  return corners<T>([by](T x) { return shift_right(x, by); }, false, a);
}`,
    uses: needs('shift_right', 'corners', 'anything'),
  },
  to_float: {
    text: 'template <typename T>\ninline Interval<float> to_float(Interval<T> a) {\n  return corners<float>([](T x) { return rounded(float(x)); }, a.nan, a);\n}',
    uses: needs('rounded', 'corners'),
  },
  bits_of: {
    text: `// The bits of floats from +0 up are in their order.
inline Interval<uint32_t> bits_of(Interval<float> a) {
  if (a.is_known()) return known(bits_of(a.value()));
  if (a.nan || a.low < 0.0 || std::signbit(a.low)) return anything<uint32_t>();
  return corners<uint32_t>([](float x) { return bits_of(x); }, false, a);
}`,
    uses: needs('bits_of', 'corners', 'known', 'anything'),
  },
  float_of: {
    text: `inline Interval<float> float_of(Interval<uint32_t> a) {
  if (!a.is_known() && a.high > 2139095040.0) return anything<float>();
  return corners<float>([](uint32_t x) { return float_of(x); }, false, a);
}`,
    uses: needs('float_of', 'corners', 'anything'),
  },
  as_integer: {
    text: `// i32 and u32 share the values below 2^31.
template <typename R, typename T>
inline Interval<R> as_integer(Interval<T> a) {
  if (a.is_known()) return known(R(a.value()));
  return a.low >= 0.0 && a.high < 2147483648.0 ? Interval<R>{a.low, a.high, false} : anything<R>();
}`,
    uses: needs('known', 'anything'),
  },
  saturate: {
    text: `template <typename R, typename T>
inline Interval<R> saturate(Interval<T> a, double low, double high) {
  Interval<R> all = corners<R>([=](T x) { return saturate<R>(double(x), low, high); }, false, without_nan(a));
  return a.nan ? hull(all, known(R(0))) : all;
}`,
    uses: needs('saturate', 'corners', 'without_nan', 'hull', 'known'),
  },
  wrapped: {
    text: `// Integers of few bits: the same if they fit.
template <typename R, typename T, typename F>
inline Interval<R> wrapped(Interval<T> a, double low, double high, F wrap) {
  if (a.is_known()) return known(R(wrap(uint32_t(a.value()))));
  return a.low >= low && a.high <= high ? Interval<R>{a.low, a.high, false} : Interval<R>{low, high, false};
}`,
    uses: needs('known'),
  },
  narrowed: {
    text: `// Rounding to a float type keeps the order, except that values beyond \`limit\` become NaN in a type without infinities.
template <typename F>
inline Interval<float> narrowed(Interval<float> a, double limit, F narrow) {
  if (a.is_known() || a.low > a.high) return known(float(narrow(a.value())));
  const Interval<float> inside = {std::fmax(a.low, -limit), std::fmin(a.high, limit), false};
  if (inside.low > inside.high) return known(NAN);
  return corners<float>(narrow, a.nan || a.low < -limit || a.high > limit, inside);
}`,
    uses: needs('known', 'corners'),
  },
  bits_in_order: {
    text: `template <typename F>
inline Interval<uint32_t> bits_in_order(Interval<float> a, F bits) {
  if (a.is_known()) return known(uint32_t(bits(a.value())));
  if (a.nan || a.low < 0.0 || std::signbit(a.low)) return anything<uint32_t>();
  return corners<uint32_t>(bits, false, a);
}`,
    uses: needs('known', 'corners', 'anything'),
  },
  floats_in_order: {
    text: `template <typename F>
inline Interval<float> floats_in_order(Interval<uint32_t> a, double last, F value) {
  return a.is_known() || a.high <= last ? corners<float>(value, false, a) : anything<float>();
}`,
    uses: needs('corners', 'anything'),
  },
}
