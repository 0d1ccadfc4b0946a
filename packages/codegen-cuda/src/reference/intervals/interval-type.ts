/** The type of intervals in plain C++, and what every operation on them uses. */
import type { Definition } from '../functions.ts'

export const needs = (...names: string[]): readonly string[] => names

export const intervalType: Readonly<Record<string, Definition>> = {
  Interval: {
    text: `// The values that an operation may give: all from low to high, where -0 is below +0, and NaN if nan; only NaN if low is above high.
template <typename T>
struct Interval {
  double low;
  double high;
  bool nan;
  bool is_known() const { return low == high ? !nan && std::signbit(low) == std::signbit(high) : low > high; }
  T value() const { return low > high ? std::numeric_limits<T>::quiet_NaN() : T(low); }
};
inline double lesser(double a, double b) { return a < b || (a == b && std::signbit(a)) ? a : b; }
inline double greater(double a, double b) { return a > b || (a == b && std::signbit(b)) ? a : b; }
`,
  },
  allows: {
    text: `// Whether x is at most y; -0 is below +0.
inline bool at_most(double x, double y) { return x < y || (x == y && (std::signbit(x) || !std::signbit(y))); }
template <typename T>
inline bool allows(Interval<T> a, double x) {
  return x != x ? a.nan : at_most(a.low, x) && at_most(x, a.high);
}`,
    uses: needs('Interval'),
  },
  known: {
    text: `template <typename T>
inline Interval<T> known(T x) {
  if (x != x) return {INFINITY, -INFINITY, true};
  return {double(x), double(x), false};
}`,
    uses: needs('Interval'),
  },
  hull: {
    text: `template <typename T>
inline Interval<T> hull(Interval<T> a, Interval<T> b) {
  return {lesser(a.low, b.low), greater(a.high, b.high), a.nan || b.nan};
}`,
    uses: needs('Interval'),
  },
  without_nan: {
    text: 'template <typename T>\ninline Interval<T> without_nan(Interval<T> a) {\n  return {a.low, a.high, false};\n}',
    uses: needs('Interval'),
  },
  anything: {
    text: `template <typename T>
inline Interval<T> anything() {
  if (std::is_same<T, float>::value) return {-INFINITY, INFINITY, true};
  return {double(std::numeric_limits<T>::min()), double(std::numeric_limits<T>::max()), false};
}`,
    uses: needs('Interval'),
  },
  truth: {
    text: `inline Interval<bool> truth(bool may_hold, bool may_fail) {
  return {may_fail ? 0.0 : 1.0, may_hold ? 1.0 : 0.0, false};
}`,
    uses: needs('Interval'),
  },
  corners: {
    text: `// The hull of the results at every combination of ends.
template <typename T>
inline int ends_of(Interval<T> a, T* ends) {
  ends[0] = a.value();
  if (a.is_known() || a.low > a.high) return 1;
  ends[1] = T(a.high);
  return 2;
}
template <typename R, typename F, typename A>
inline Interval<R> corners(F f, bool nan, Interval<A> a) {
  A as[2];
  const int count = ends_of(a, as);
  Interval<R> all = {INFINITY, -INFINITY, nan};
  for (int i = 0; i < count; ++i) all = hull(all, known(R(f(as[i]))));
  return all;
}
template <typename R, typename F, typename A, typename B>
inline Interval<R> corners(F f, bool nan, Interval<A> a, Interval<B> b) {
  B bs[2];
  const int count = ends_of(b, bs);
  Interval<R> all = {INFINITY, -INFINITY, nan};
  for (int i = 0; i < count; ++i) all = hull(all, corners<R>([&](A x) { return f(x, bs[i]); }, nan, a));
  return all;
}
template <typename R, typename F, typename A, typename B, typename C>
inline Interval<R> corners(F f, bool nan, Interval<A> a, Interval<B> b, Interval<C> c) {
  C cs[2];
  const int count = ends_of(c, cs);
  Interval<R> all = {INFINITY, -INFINITY, nan};
  for (int i = 0; i < count; ++i) all = hull(all, corners<R>([&](A x, B y) { return f(x, y, cs[i]); }, nan, a, b));
  return all;
}`,
    uses: needs('known', 'hull'),
  },
  as_reals: {
    text: 'template <typename T>\ninline Interval<double> as_reals(Interval<T> a) {\n  return {a.low, a.high, false};\n}',
    uses: needs('Interval'),
  },
  unwrapped: {
    text: `// Whole numbers that fit their type, or anything.
template <typename T>
inline Interval<T> unwrapped(Interval<double> a) {
  const Interval<T> all = anything<T>();
  if (a.low < all.low || a.high > all.high) return all;
  return {a.low + 0.0, a.high + 0.0, false};
}`,
    uses: needs('anything'),
  },
  zero_times_infinity: {
    text: `// 0 times infinity gives NaN, and is possible inside of intervals even if neither is an end.
inline bool holds_zero(Interval<float> a) { return a.low <= 0.0 && a.high >= 0.0; }
inline bool holds_infinity(Interval<float> a) { return a.high == INFINITY || a.low == -INFINITY; }
inline bool zero_times_infinity(Interval<float> a, Interval<float> b) {
  return (holds_zero(a) && holds_infinity(b)) || (holds_zero(b) && holds_infinity(a));
}
inline Interval<float> finite_of(Interval<float> a) {
  const double largest = std::numeric_limits<float>::max();
  return a.low < a.high ? Interval<float>{std::fmax(a.low, -largest), std::fmin(a.high, largest), a.nan} : a;
}
// A product, or one to which something is added. At the ends 0 times infinity is NaN, but 0 times the numbers between them is 0.
template <typename F, typename... C>
inline Interval<float> products(F f, bool nan, Interval<float> a, Interval<float> b, C... c) {
  const bool vanishes = zero_times_infinity(a, b);
  const Interval<float> all = corners<float>(f, nan || vanishes, a, b, c...);
  return vanishes ? hull(all, corners<float>(f, false, finite_of(a), finite_of(b), c...)) : all;
}`,
    uses: needs('corners', 'hull'),
  },
  at_any: {
    text: `// An element at a place that is not certain; places outside are moved to the nearest inside.
template <typename T, typename P, typename F>
inline Interval<T> at_any(Interval<P> place, int64_t extent, F element) {
  if (extent <= 0) return known(T(0));
  const int64_t first = std::max<int64_t>(0, std::min<int64_t>(int64_t(place.low), extent - 1));
  const int64_t last = std::max<int64_t>(0, std::min<int64_t>(int64_t(place.high), extent - 1));
  Interval<T> all = element(first);
  for (int64_t i = first + 1; i <= last; ++i) all = hull(all, element(i));
  return all;
}`,
    uses: needs('known', 'hull'),
  },
}
