// The functions of CUDA's driver API and of NVRTC that qernel calls, on the CPU. Launches have ended when they return.
// As on a GPU, a context in which a kernel failed answers every later call with that failure, unless it was told to forgive.
#include <string.h>
#include <time.h>

#include <string>
#include <vector>

#include "../include/cuda_runtime.h"
#include "memory.h"
#include "modules.h"
#include "threads.h"

namespace {

enum Result { success = 0, invalid_value = 1, out_of_memory = 2, invalid_configuration = 9, no_device = 100, not_found = 500, illegal_address = 700, launch_failure = 719, forgiven = 998 };

int failed = success;
std::string failure;
/// Whether a failure is told once, and the context goes on.
bool forgiving = false;

/// What a call answers that fails only because a kernel did before.
int outcome() {
  const int result = failed;
  if (forgiving) failed = success;
  return result;
}
unsigned launches = 0;
/// Blocks that a grid may have along y and z.
unsigned longest_column = 65535;
timespec events[1 << 16];
unsigned event_count = 0;

struct Function {
  const cuda_host_module* module;
  const cuda_host_entry* entry;
};

struct Program {
  std::string source, name, log;
  const cuda_host_module* module = nullptr;
};

uintptr_t handle(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

int value_of(int attribute) {
  switch (attribute) {
    case 1: return 1024;   // threads of a block
    case 2: case 3: return 1024;
    case 4: return 64;
    case 5: return 2147483647;  // blocks of a grid
    case 6: case 7: return 65535;
    case 8: return 48 * 1024;  // shared memory
    case 10: return 32;        // lanes of a warp
    case 75: return 7;         // compute capability
    case 76: return 5;
    default: return 0;
  }
}

unsigned order_of_turns() {
  const char* given = getenv("CUDA_HOST_ORDER");
  return given ? unsigned(atoi(given)) : launches++;
}

}  // namespace

#define API extern "C" __attribute__((visibility("default")))
#define UNLESS_FAILED \
  if (failed) return outcome()

// Kernels that a file's own host function launches.
int cuda_host_run(const cuda_host_module* module, int (*call)(void**), void** arguments, dim3 blocks, dim3 threads) {
  if (blocks.x == 0 || blocks.y == 0 || blocks.z == 0 || threads.x * threads.y * threads.z == 0) return invalid_configuration;
  if (blocks.x > 2147483647 || blocks.y > longest_column || blocks.z > longest_column) return invalid_configuration;
  Launch launch = {call, arguments, blocks, threads, module->meets, order_of_turns(), module->shared_begin, module->shared_end};
  protect_red_zones(true);
  const std::string problem = run_grid(launch);
  if (problem.empty()) return protect_red_zones(false), failed;
  failure = problem;
  protect_red_zones(false);
  failed = forgiving ? forgiven : failure.rfind("access", 0) == 0 ? illegal_address : launch_failure;
  return failed;
}

API int cuInit(unsigned) { return success; }
API int cuDriverGetVersion(int* version) { return *version = 13000, success; }
API int cuDeviceGetCount(int* count) { return *count = 1, success; }
API int cuDeviceGet(int* device, int ordinal) { return *device = ordinal, ordinal == 0 ? success : invalid_value; }
API int cuDeviceGetName(char* name, int length, int) { return strncpy(name, "CUDA on the host", length), success; }
API int cuDeviceGetAttribute(int* value, int attribute, int) { return *value = value_of(attribute), success; }
API int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = size_t(1) << 33, success; }
API int cuDevicePrimaryCtxRetain(uintptr_t* context, int) {
  UNLESS_FAILED;
  return *context = 1, success;
}
API int cuDevicePrimaryCtxRelease_v2(int) { return failed; }
API int cuCtxSetCurrent(uintptr_t) { return failed; }

API int cuModuleLoadData(uintptr_t* module, const void* image) {
  UNLESS_FAILED;
  memcpy(module, image, sizeof *module);
  return success;
}
API int cuModuleUnload(uintptr_t) { return failed; }
API int cuModuleGetFunction(uintptr_t* function, uintptr_t module, const char* name) {
  UNLESS_FAILED;
  const auto* of = reinterpret_cast<const cuda_host_module*>(module);
  for (const cuda_host_entry* entry = of->entries; entry->name != nullptr; ++entry)
    if (strcmp(entry->name, name) == 0) return *function = handle(new Function{of, entry}), success;
  return not_found;
}

API int cuMemGetInfo_v2(size_t* free, size_t* total) { return *free = *total = size_t(1) << 33, failed; }
API int cuMemAlloc_v2(uintptr_t* pointer, size_t bytes) {
  UNLESS_FAILED;
  if (bytes > size_t(1) << 33) return out_of_memory;
  // Three of four arrays are watched behind their end, the others before their start; which ones changes from run to run.
  static uint32_t state = 1;
  state ^= state << 13, state ^= state >> 17, state ^= state << 5;
  *pointer = allocate(bytes, state % 4 == 0 ? Guarded::start : Guarded::end);
  return *pointer == 0 ? out_of_memory : success;
}
API int cuMemFree_v2(uintptr_t pointer) { return deallocate(pointer) ? failed : int(invalid_value); }
API int cuMemcpyHtoD_v2(uintptr_t to, const void* from, size_t bytes) {
  UNLESS_FAILED;
  if (!is_inside(to, bytes)) return invalid_value;
  memcpy(reinterpret_cast<void*>(to), from, bytes);
  return success;
}
API int cuMemcpyDtoH_v2(void* to, uintptr_t from, size_t bytes) {
  UNLESS_FAILED;
  if (!is_inside(from, bytes)) return invalid_value;
  memcpy(to, reinterpret_cast<const void*>(from), bytes);
  return success;
}
API int cuMemsetD32_v2(uintptr_t to, unsigned word, size_t count) {
  UNLESS_FAILED;
  if (!is_inside(to, 4 * count)) return invalid_value;
  if (word == 0) return clear(to, 4 * count), success;
  auto* words = reinterpret_cast<unsigned*>(to);
  for (size_t i = 0; i < count; ++i) words[i] = word;
  return success;
}

API int cuEventCreate(uintptr_t* event, unsigned) {
  UNLESS_FAILED;
  return *event = ++event_count % (1 << 16), success;
}
API int cuEventRecord(uintptr_t event, uintptr_t) { return clock_gettime(CLOCK_MONOTONIC, &events[event]), failed; }
API int cuEventQuery(uintptr_t) { return outcome(); }
API int cuEventElapsedTime(float* milliseconds, uintptr_t start, uintptr_t end) {
  const timespec &from = events[start], &to = events[end];
  *milliseconds = float(double(to.tv_sec - from.tv_sec) * 1e3 + double(to.tv_nsec - from.tv_nsec) / 1e6);
  return failed;
}
API int cuEventDestroy_v2(uintptr_t) { return failed; }

API int cuLaunchKernel(uintptr_t function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                       unsigned, uintptr_t, void** arguments, void**) {
  UNLESS_FAILED;
  const auto* of = reinterpret_cast<const Function*>(function);
  if (gx * gy * gz == 0 || bx * by * bz == 0 || bx * by * bz > 1024) return invalid_value;
  const int result = cuda_host_run(of->module, of->entry->call, arguments, {gx, gy, gz}, {bx, by, bz});
  // A kernel's failure shows when someone waits for it.
  return result == invalid_configuration ? invalid_value : success;
}

/// From now on the last bytes of each allocation are a red zone.
API void cudaHostRedZone(size_t bytes) { red_zone_bytes = bytes; }

/// From now on grids may have so many blocks along y and z: 65535 on a GPU.
API void cudaHostLimitGrid(unsigned blocks) { longest_column = blocks; }

/// From now on a kernel that fails is told of once, and the next may run.
API void cudaHostForgive() { forgiving = true; }

/// What a kernel `k(unsigned* x, unsigned n)` does wrong in one block, on n words that count from 0. The context is a new one after.
API const char* cudaHostProblem(const char* source, unsigned threads, unsigned n) {
  static std::string problem;
  const Compiled result = compiled(source, "kernel.cu");
  if (result.module == nullptr) return problem = result.log, problem.c_str();
  problem.clear();
  for (const Guarded guarded : {Guarded::end, Guarded::start}) {
    auto* x = reinterpret_cast<unsigned*>(allocate(4 * n + red_zone_bytes, guarded));
    for (unsigned i = 0; i < n; ++i) x[i] = i;
    void* arguments[] = {&x, &n};
    const cuda_host_module* module = result.module;
    if (cuda_host_run(module, module->entries->call, arguments, {1, 1, 1}, {threads, 1, 1}) != success) problem = failure;
    failed = success;
    deallocate(handle(x));
    if (!problem.empty()) break;
  }
  return problem.c_str();
}

/// Calls the host function of a file, which checks its arguments and launches the kernels. Returns its cudaError_t.
API int cudaHostCall(const char* source, const char* name, void** arguments) {
  const Compiled result = compiled(source, "launcher.cu");
  if (result.module == nullptr) return -1;
  for (const cuda_host_entry* entry = result.module->entries; entry->name != nullptr; ++entry)
    if (strcmp(entry->name, name) == 0) return entry->call(arguments);
  return -1;
}

API int cuGetErrorName(int result, const char** text) {
  *text = result == illegal_address ? "CUDA_ERROR_ILLEGAL_ADDRESS" : result == launch_failure ? "CUDA_ERROR_LAUNCH_FAILED"
          : result == invalid_value ? "CUDA_ERROR_INVALID_VALUE" : result == not_found ? "CUDA_ERROR_NOT_FOUND"
          : result == forgiven ? "CUDA_ERROR_FORGIVEN" : "CUDA_ERROR_UNKNOWN";
  return success;
}
API int cuGetErrorString(int result, const char** text) {
  const bool is_fault = result == illegal_address || result == launch_failure || result == forgiven;
  return *text = is_fault ? failure.c_str() : "refused", success;
}

API int nvrtcVersion(int* major, int* minor) { return *major = __GNUC__, *minor = __GNUC_MINOR__, success; }
API const char* nvrtcGetErrorString(int) { return "refused"; }
API int nvrtcGetNumSupportedArchs(int* count) { return *count = 1, success; }
API int nvrtcGetSupportedArchs(int* architectures) { return *architectures = 75, success; }
API int nvrtcCreateProgram(uintptr_t* program, const char* source, const char* name, int, const char**, const char**) {
  return *program = handle(new Program{source, name, "", nullptr}), success;
}
/// NVRTC takes megabytes of stack for a long kernel. So does this, so that a caller with less is found here.
__attribute__((noinline)) static void take_stack() {
  volatile char deep[4 << 20];
  for (size_t at = 0; at < sizeof deep; at += 4096) deep[sizeof deep - 1 - at] = 1;
}

API int nvrtcCompileProgram(uintptr_t program, int, const char**) {
  take_stack();
  auto& of = *reinterpret_cast<Program*>(program);
  const Compiled result = compiled(of.source, of.name);
  of.module = result.module;
  of.log = result.log;
  return of.module == nullptr ? 6 : success;
}
API int nvrtcGetProgramLogSize(uintptr_t program, size_t* bytes) {
  return *bytes = reinterpret_cast<Program*>(program)->log.size() + 1, success;
}
API int nvrtcGetProgramLog(uintptr_t program, char* log) {
  return strcpy(log, reinterpret_cast<Program*>(program)->log.c_str()), success;
}
API int nvrtcGetCUBINSize(uintptr_t, size_t* bytes) { return *bytes = sizeof(uintptr_t), success; }
API int nvrtcGetCUBIN(uintptr_t program, void* image) {
  return memcpy(image, &reinterpret_cast<Program*>(program)->module, sizeof(uintptr_t)), success;
}
API int nvrtcGetPTXSize(uintptr_t, size_t*) { return invalid_value; }
API int nvrtcGetPTX(uintptr_t, char*) { return invalid_value; }
API int nvrtcDestroyProgram(uintptr_t* program) { return delete reinterpret_cast<Program*>(*program), success; }

/// Compiles many sources at once, for nvrtcCompileProgram to find. Returns what the compiler said.
API const char* cudaHostCompile(const char** sources, int count) {
  static thread_local std::string log;
  log = compile(std::vector<std::string>(sources, sources + count), "kernel.cu");
  return log.c_str();
}
