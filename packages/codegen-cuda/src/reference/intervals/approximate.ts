/** Functions that CUDA need not round correctly, on intervals, in plain C++. */
import { operations as languageOperations } from '@qernel/dsl'
import type { ApproximateOperation, Approximation } from '@qernel/dsl/internal'
import type { Definition } from '../functions.ts'
import { needs } from './interval-type.ts'

/** Real functions in double, as CUDA rounds them. */
const real: Readonly<Record<Exclude<ApproximateOperation, 'sqrt'>, readonly [of: string, inverse: string]>> = {
  exp: ['std::exp', 'std::log'],
  exp2: ['std::exp2', 'std::log2'],
  log2: ['std::log2', 'std::exp2'],
}
function approximate(op: keyof typeof real): Definition {
  const { meaning, cuda, least } = languageOperations[op].approximate as Approximation
  const { ulp, ...others } = cuda
  if (Object.keys(others).length > 0) throw new Error(`${op}: only bounds in units in the last place are spelled here`)
  const [of, inverse] = real[op]
  return {
    text: `// ${meaning}: at most ${ulp} units in the last place from the real result (NVIDIA, CUDA C++ Programming Guide).
inline Interval<float> ${op}_of(Interval<float> a) {
  return approximately([](double x) { return ${of}(x); }, [](double y) { return ${inverse}(y); }, ${Number.isFinite(least) ? `${least}.0` : '-INFINITY'}, ${ulp}, a);
}`,
    uses: needs('approximately'),
  }
}

/** What those functions use. */
export const approximation: Readonly<Record<string, Definition>> = {
  rounded_down: {
    text: `// The largest float that is not above x, and the smallest that is not below it.
inline double rounded_down(double x) {
  const float rounded = float(x);
  return double(rounded) > x && rounded != INFINITY ? double(std::nextafter(rounded, -INFINITY)) : double(rounded);
}
inline double rounded_up(double x) { return -rounded_down(-x); }`,
  },
  approximately: {
    text: `// A function that increases, within so many units in the last place of the real result; not below \`least\`.
template <typename F>
inline Interval<float> around(F of, double least, double ulp, double x) {
  const double real = of(x);
  if (!std::isfinite(x) || !std::isfinite(float(real))) return known(float(real));
  int exponent = 0;
  std::frexp(real, &exponent);
  const double unit = std::ldexp(1.0, std::fabs(real) < std::ldexp(1.0, -126) ? -149 : exponent - 24);
  return {greater(least, rounded_down(real - ulp * unit)), rounded_up(real + ulp * unit), false};
}
template <typename F, typename G>
inline Interval<float> approximately(F of, G inverse, double least, double ulp, Interval<float> a) {
  if (a.low > a.high) return a;
  if (a.is_known()) return around(of, least, ulp, a.low);
  // Below its domain a function gives NaN.
  const double start = inverse(least);
  const double from = a.low < start ? (start < a.high ? start : a.high) : a.low;
  Interval<float> all = hull(hull(around(of, least, ulp, a.low), around(of, least, ulp, from)), around(of, least, ulp, a.high));
  // The unit in the last place changes at the next power of two.
  const double y = of(from);
  const double power = y < 0.0 ? -std::exp2(std::ceil(std::log2(-y)) - 1.0) : std::exp2(std::floor(std::log2(y)) + 1.0);
  const double turn = rounded_up(inverse(power));
  if (turn > from && turn < a.high) all = hull(all, around(of, least, ulp, turn));
  all.nan = all.nan || a.nan;
  return all;
}`,
    uses: needs('Interval', 'known', 'hull', 'rounded_down'),
  },
}

export const approximateFunctions: Readonly<Record<string, Definition>> = {
  exp_of: approximate('exp'),
  exp2_of: approximate('exp2'),
  log2_of: approximate('log2'),
}
