/** The text of the self-test. It uses nothing but the CUDA runtime and the standard library. */
export const mainTemplate = `{{#each header}}
{{this}}
{{/each}}

// Compares every result with loops of the CPU, at odd sizes and on pointers that are aligned to their elements only, watches
// the memory around each array, and takes the time:
//   nvcc -O3 -std=c++17 {{base}}.cu {{base}}_main.cu -o {{base}}_test && ./{{base}}_test{{#each sizes}} {{name}}={{timed}}{{/each}}
// Exit code 0: all is right, 1: it is not, 2: an argument cannot be read, 77: there is no GPU.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <cuda_runtime.h>
{{#if usesF16}}
#include <cuda_fp16.h>
{{/if}}
{{#if usesBf16}}
#include <cuda_bf16.h>
{{/if}}

#include "{{base}}.cuh"
#include "{{reference}}"

namespace {

struct Sizes {
{{#each sizes}}
  int64_t {{name}} = {{timed}};
{{/each}}
};

enum class Kind { f32, f16, bf16, bits };
enum class Role { input, output, workspace };

struct Array {
  const char* name;
  Role role;
  Kind kind;
  int64_t count;  // elements, or words of codes
  size_t element_bytes;
  std::vector<unsigned char> host;
  unsigned char* allocation = nullptr;
  unsigned char* device = nullptr;

  size_t bytes() const { return size_t(count) * element_bytes; }
};

std::vector<Array> arrays_of(const Sizes& s) {
  (void)s;
  std::vector<Array> arrays;
{{#each arrays}}
  arrays.push_back(Array{"{{name}}", Role::{{role}}, Kind::{{kind}}, {{count}}, {{bytes}}, std::vector<unsigned char>()});
{{/each}}
  return arrays;
}

void compute_on_the_cpu(std::vector<Array>& arrays, const Sizes& s) {
  (void)s;
  {{loops}}(
      {{referenceArguments}});
}

cudaError_t launch(std::vector<Array>& arrays, const Sizes& s) {
  (void)s;
  return {{launcher}}(
      {{launcherArguments}});
}

constexpr size_t guard_bytes = 256;
constexpr unsigned char poison = 0xa5;

void require(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  std::fprintf(stderr, "%s: %s\\n", what, cudaGetErrorString(status));
  std::exit(1);
}

// splitmix64
uint64_t next(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

// Bell-shaped from -4 to 4; where it is asked for, now and then a value that is easily got wrong.
float random_float(uint64_t& state, bool with_special_values) {
  static const float special[] = {0.0f, -0.0f, NAN, INFINITY, -INFINITY, 1e-40f, -1e-40f, 3.4e38f, 0.5f, 1.5f, 2.5f, -0.5f};
  const uint64_t bits = next(state);
  if (with_special_values && bits % 64 == 0) return special[(bits >> 8) % 12];
  float sum = 0.0f;
  for (int i = 0; i < 4; ++i) sum += float((bits >> (16 * i)) & 0xffff) / 32768.0f - 1.0f;
  return sum;
}

void fill_input(Array& array, uint64_t& state, bool with_special_values) {
  array.host.resize(array.bytes());
  for (int64_t i = 0; i < array.count; ++i) {
    unsigned char* element = array.host.data() + size_t(i) * array.element_bytes;
    switch (array.kind) {
      case Kind::f32: {
        const float value = random_float(state, with_special_values);
        std::memcpy(element, &value, 4);
        break;
      }
      case Kind::f16: {
{{#if usesF16}}
        const __half value = __float2half_rn(random_float(state, with_special_values));
        std::memcpy(element, &value, 2);
{{/if}}
        break;
      }
      case Kind::bf16: {
{{#if usesBf16}}
        const __nv_bfloat16 value = __float2bfloat16_rn(random_float(state, with_special_values));
        std::memcpy(element, &value, 2);
{{/if}}
        break;
      }
      case Kind::bits: {
        const uint64_t value = next(state);
        std::memcpy(element, &value, array.element_bytes);
        break;
      }
    }
  }
}

// Which arrays start an element off the alignment that an allocation has: none, all, or a single one.
bool is_shifted(int pattern, size_t array) { return pattern == 1 || pattern == int(array) + 2; }

void allocate(Array& array, bool shift) {
  const size_t total = 3 * guard_bytes + array.bytes();
  require(cudaMalloc(&array.allocation, total), "cudaMalloc");
  require(cudaMemset(array.allocation, poison, total), "cudaMemset");
  array.device = array.allocation + guard_bytes + (shift ? array.element_bytes : 0);
  if (array.role == Role::input)
    require(cudaMemcpy(array.device, array.host.data(), array.bytes(), cudaMemcpyHostToDevice), "cudaMemcpy");
}

bool is_nan(Kind kind, const unsigned char* element) {
  if (kind == Kind::f32) {
    float value;
    std::memcpy(&value, element, 4);
    return value != value;
  }
  uint16_t bits;
  std::memcpy(&bits, element, 2);
  return (bits & 0x7fff) > (kind == Kind::f16 ? 0x7c00 : 0x7f80);
}

// Any NaN equals any other. \`mask\` has the bits that belong to elements.
bool is_equal(Kind kind, size_t bytes, const unsigned char* a, const unsigned char* b, const unsigned char* mask) {
  for (size_t i = 0; i < bytes; ++i)
    if ((a[i] ^ b[i]) & mask[i]) return kind != Kind::bits && is_nan(kind, a) && is_nan(kind, b);
  return true;
}

std::string text(const Sizes& s, const std::vector<Array>& arrays, int pattern, bool with_special_values) {
  (void)s;
  std::string result;
{{#each sizes}}
  result += "{{name}}=" + std::to_string(s.{{name}}) + " ";
{{/each}}
  result += pattern == 0 ? "aligned" : pattern == 1 ? "unaligned" : std::string(arrays[size_t(pattern) - 2].name) + " unaligned";
  return result + (with_special_values ? ", special values" : "");
}

// What the device left of one array: poison around it, and in it what was computed on the CPU.
bool check_array(const Array& array, const std::vector<unsigned char>& mask, const std::string& what) {
  const size_t total = 3 * guard_bytes + array.bytes();
  std::vector<unsigned char> after(total);
  require(cudaMemcpy(after.data(), array.allocation, total, cudaMemcpyDeviceToHost), "cudaMemcpy");
  const size_t start = size_t(array.device - array.allocation);
  for (size_t i = 0; i < total; ++i) {
    if ((i >= start && i < start + array.bytes()) || after[i] == poison) continue;
    std::printf("%s: a write outside of %s, at byte %lld\\n", what.c_str(), array.name, (long long)i - (long long)start);
    return false;
  }
  if (array.role == Role::workspace) return true;
  for (int64_t i = 0; i < array.count; ++i) {
    const size_t at = size_t(i) * array.element_bytes;
    const unsigned char* got = after.data() + start + at;
    const unsigned char* expected = array.host.data() + at;
    if (is_equal(array.kind, array.element_bytes, got, expected, mask.data() + at)) continue;
    std::printf("%s: %s[%lld] is 0x", what.c_str(), array.name, (long long)i);
    for (size_t b = array.element_bytes; b-- > 0;) std::printf("%02x", got[b]);
    std::printf(", 0x");
    for (size_t b = array.element_bytes; b-- > 0;) std::printf("%02x", expected[b]);
    std::printf(" is expected\\n");
    return false;
  }
  return true;
}

bool check(const Sizes& s, int pattern, bool with_special_values, uint64_t seed) {
  std::vector<Array> arrays = arrays_of(s);
  uint64_t state = seed;
  for (Array& array : arrays) {
    if (array.role == Role::input) fill_input(array, state, with_special_values);
    else array.host.assign(array.bytes(), 0);
  }
  compute_on_the_cpu(arrays, s);
  std::vector<std::vector<unsigned char>> masks;
  for (const Array& array : arrays) masks.emplace_back(array.bytes(), 0xff);
{{#if hasPadding}}
  // Bits that the loops leave as they were lie between elements, and may be anything.
  std::vector<Array> again = arrays;
  for (Array& array : again)
    if (array.role == Role::output) array.host.assign(array.bytes(), 0xff);
  compute_on_the_cpu(again, s);
  for (size_t a = 0; a < arrays.size(); ++a)
    if (arrays[a].role == Role::output)
      for (size_t i = 0; i < arrays[a].bytes(); ++i)
        masks[a][i] = (unsigned char)~(arrays[a].host[i] ^ again[a].host[i]);
{{/if}}
  for (size_t a = 0; a < arrays.size(); ++a) allocate(arrays[a], is_shifted(pattern, a));
  const std::string what = text(s, arrays, pattern, with_special_values);
  require(launch(arrays, s), what.c_str());
  require(cudaDeviceSynchronize(), what.c_str());
  bool is_right = true;
  for (size_t a = 0; a < arrays.size(); ++a) is_right = check_array(arrays[a], masks[a], what) && is_right;
  for (Array& array : arrays) require(cudaFree(array.allocation), "cudaFree");
  return is_right;
}

// The median of 9 times 20 launches, in milliseconds a launch.
float time_of(std::vector<Array>& arrays, const Sizes& s) {
  for (int i = 0; i < 300; ++i) require(launch(arrays, s), "launch");
  cudaEvent_t start, stop;
  require(cudaEventCreate(&start), "cudaEventCreate");
  require(cudaEventCreate(&stop), "cudaEventCreate");
  std::vector<float> times(9);
  for (float& time : times) {
    require(cudaEventRecord(start), "cudaEventRecord");
    for (int i = 0; i < 20; ++i) require(launch(arrays, s), "launch");
    require(cudaEventRecord(stop), "cudaEventRecord");
    require(cudaEventSynchronize(stop), "cudaEventSynchronize");
    require(cudaEventElapsedTime(&time, start, stop), "cudaEventElapsedTime");
    time /= 20;
  }
  require(cudaEventDestroy(start), "cudaEventDestroy");
  require(cudaEventDestroy(stop), "cudaEventDestroy");
  std::sort(times.begin(), times.end());
  return times[4];
}

void report_time(const Sizes& s, int pattern, uint64_t seed) {
  std::vector<Array> arrays = arrays_of(s);
  uint64_t state = seed;
  double moved = 0;
  for (Array& array : arrays) {
    if (array.role == Role::input) fill_input(array, state, false);
    if (array.role != Role::workspace) moved += double(array.bytes());
    allocate(array, pattern == 1);
  }
  const float milliseconds = time_of(arrays, s);
  std::printf("%s: %.4f ms, %.0f GB/s of inputs and outputs\\n", text(s, arrays, pattern, false).c_str(), milliseconds,
              moved / milliseconds / 1e6);
  for (Array& array : arrays) require(cudaFree(array.allocation), "cudaFree");
}

{{#if sizes}}
int64_t valid(int64_t wanted, int64_t multiple, int64_t most) {
  const int64_t largest = most / multiple * multiple;
  return std::min((wanted + multiple - 1) / multiple * multiple, largest);
}

{{/if}}
std::vector<Sizes> tried_sizes() {
  std::vector<Sizes> tried;
{{#if sizes}}
{{#if hasManySizes}}
  const int64_t bases[] = {1, 2, 5, 8, 17, 33};
{{else}}
  const int64_t bases[] = {1, 2, 7, 33, 64, 129, 256};
{{/if}}
  const int count = int(sizeof bases / sizeof bases[0]);
  for (int i = 0; i < count; ++i) {
    Sizes s;
{{#each sizes}}
    s.{{name}} = valid(bases[(i + 3 * {{@index}}) % count], {{multipleOf}}, {{atMost}});
{{/each}}
    tried.push_back(s);
  }
  Sizes even;
{{#each sizes}}
  even.{{name}} = valid(32, {{multipleOf}}, {{atMost}});
{{/each}}
  tried.push_back(even);
{{#each sizes}}
  Sizes no_{{name}} = even;
  no_{{name}}.{{name}} = 0;
  tried.push_back(no_{{name}});
{{/each}}
{{else}}
  tried.push_back(Sizes());
{{/if}}
  return tried;
}

{{#if inParts}}
// More rows than the blocks of one grid reach: the kernels are launched on parts of them.
std::vector<Sizes> sizes_in_parts() {
  std::vector<Sizes> tried;
{{#each inParts}}
  tried.emplace_back();
{{#each sizes}}
  tried.back().{{name}} = {{value}};
{{/each}}
{{/each}}
  return tried;
}

{{/if}}
bool read_argument(const std::string& argument, Sizes& s) {
  (void)s;
  const size_t equals = argument.find('=');
  const std::string name = argument.substr(0, equals);
  char* end = nullptr;
  const long long value = equals == std::string::npos ? -1 : std::strtoll(argument.c_str() + equals + 1, &end, 10);
  if (value < 0 || end == nullptr || end == argument.c_str() + equals + 1 || *end != '\\0') return false;
{{#each sizes}}
  if (name == "{{name}}") {
    s.{{name}} = value;
    return value % {{multipleOf}} == 0 && value <= std::min<int64_t>({{atMost}}, 2147483647);
  }
{{/each}}
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  Sizes timed;
  for (int i = 1; i < argc; ++i) {
    if (read_argument(argv[i], timed)) continue;
    std::fprintf(stderr, "%s: what is timed is given as NAME=N:{{#each sizes}} {{name}}{{#if facts}} ({{facts}}){{/if}}{{/each}}\\n", argv[i]);
    return 2;
  }
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::printf("no GPU: nothing was tested\\n");
    return 77;
  }
  int wrong = 0;
  int cases = 0;
  for (const Sizes& s : tried_sizes())
    for (int pattern = 0; pattern < 2 + {{arrays.length}}; ++pattern)
      for (int special = 0; special < 2; ++special, ++cases)
        if (!check(s, pattern, special != 0, {{seed}}ull + uint64_t(cases))) ++wrong;
{{#if inParts}}
  for (const Sizes& s : sizes_in_parts()) {
    if (!check(s, 0, true, {{seed}}ull + uint64_t(cases))) ++wrong;
    ++cases;
  }
{{/if}}
  std::printf("{{kernel}}: %d of %d cases equal to the CPU, bit for bit\\n", cases - wrong, cases);
  if (wrong > 0) return 1;
  report_time(timed, 0, {{seed}});
  report_time(timed, 1, {{seed}});
  return 0;
}
`
