/** Sums of floats in any order, in plain C++. */
import type { Definition } from '../functions.ts'
import { needs } from './interval-type.ts'

export const openSum: Readonly<Record<string, Definition>> = {
  OpenSum: {
    text: `// A sum of floats in any order, rounded after each addition: of n terms t it lies within g * sum |t| of the real sum, g = (n - 1) u / (1 - (n - 1) u),
// u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 4.2). The real sum is computed in double, whose own error is added. In a
// fused sum the rounding of each product is left out; the terms are rounded products, so it is off by one rounding of each.
class OpenSum {
 public:
  explicit OpenSum(bool fused) : fused_(fused) {}
  void start() { *this = OpenSum(fused_); }
  void add(Interval<float> term) {
    // A zero changes no sum, however uncertain its origin.
    if (!fused_ && is_zero(term)) return;
    ++terms_;
    const bool is_known = term.is_known();
    is_known_ = is_known_ && is_known;
    nan_ = nan_ || term.nan;
    if (term.low > term.high || (is_known && term.low == 0.0)) return;
    minus_ = minus_ || term.low == -INFINITY;
    plus_ = plus_ || term.high == INFINITY;
    ++count_;
    low_ += term.low;
    high_ += term.high;
    magnitudes_ += std::fmax(std::fabs(term.low), std::fabs(term.high));
    is_whole_ = is_whole_ && is_known && std::floor(term.low) == term.low;
  }
  // Where finite factors are rounded to an infinite product, the other terms may bring the sum back among the numbers.
  void add_product(Interval<float> a, Interval<float> b) {
    // A zero product of other factors may stand for one that is too small.
    if ((is_zero(a) || is_zero(b)) && is_finite(a) && is_finite(b)) return;
    const Interval<float> product = mul(a, b);
    overflows_ = overflows_ || (holds_infinity(product) && !holds_infinity(a) && !holds_infinity(b));
    add(product);
  }
  Interval<float> total() const {
    const double n = double(count_);
    if (is_known_ && nan_) return known(NAN);
    if (overflows_) return {-INFINITY, INFINITY, true};
    if (is_known_ && (minus_ || plus_)) return known(minus_ && plus_ ? NAN : minus_ ? -INFINITY : INFINITY);
    if (is_known_ && is_whole_ && magnitudes_ <= 16777216.0) return known(float(low_));
    // Two rounded terms give one sum in either order; of two products, one or the other is rounded first.
    if (is_known_ && count_ <= (fused_ ? 1 : 2)) return known(float(low_));
    const double roundings = (fused_ ? double(terms_) + 1.0 : std::fmax(1.0, n - 1.0)) * std::ldexp(1.0, -24);
    const double lost = fused_ ? double(terms_) * std::ldexp(1.0, -149) : 0.0;
    const double slack = (roundings / (1.0 - roundings) + n * std::ldexp(1.0, -53)) * magnitudes_ + lost;
    const bool overflows = !(magnitudes_ + slack <= double(std::numeric_limits<float>::max()));
    return {overflows ? -INFINITY : rounded_down(low_ - slack), overflows ? INFINITY : rounded_up(high_ + slack),
            nan_ || overflows || (minus_ && plus_)};
  }

 private:
  static bool is_zero(Interval<float> a) { return a.low == 0.0 && a.high == 0.0 && !a.nan; }
  static bool is_finite(Interval<float> a) { return !a.nan && !holds_infinity(a); }
  bool fused_;
  int64_t count_ = 0;
  int64_t terms_ = 0;
  double low_ = 0.0;
  double high_ = 0.0;
  double magnitudes_ = 0.0;
  bool nan_ = false;
  bool is_known_ = true;
  bool is_whole_ = true;
  bool overflows_ = false;
  bool minus_ = false;
  bool plus_ = false;
};`,
    uses: needs('Interval mul', 'zero_times_infinity', 'known', 'rounded_down'),
  },
}
