// Fibers start through makecontext and switch by _setjmp and _longjmp, which make no system calls.
#include "threads.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "memory.h"

cuda_host_thread* cuda_host_current = nullptr;

namespace {

enum class State { ready, at_barrier, at_shuffle, done };

struct Fiber {
  cuda_host_thread thread;
  State state;
  bool started = false;
  ucontext_t context;
  jmp_buf resume;
  char* stack = nullptr;
  uint64_t word;
};

constexpr size_t stack_bytes = 256 * 1024;
constexpr unsigned lanes = 32;

std::vector<std::unique_ptr<Fiber>> fibers;
std::vector<uint64_t> exchanged;
const Launch* running = nullptr;
Fiber* current = nullptr;
jmp_buf scheduler;
ucontext_t scheduler_context;
std::string misuse;

sigjmp_buf fault;
char fault_text[256];

void yield(State state) {
  current->state = state;
  if (_setjmp(current->resume) == 0) _longjmp(scheduler, 1);
}

/// The life of a fiber: one block after another.
void live() {
  for (;;) {
    running->call(running->arguments);
    yield(State::done);
  }
}

void resume(Fiber& fiber) {
  current = &fiber;
  cuda_host_current = &fiber.thread;
  if (_setjmp(scheduler) != 0) return;
  if (fiber.started) _longjmp(fiber.resume, 1);
  fiber.started = true;
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack;
  fiber.context.uc_stack.ss_size = stack_bytes;
  fiber.context.uc_link = nullptr;
  makecontext(&fiber.context, live, 0);
  swapcontext(&scheduler_context, &fiber.context);
}

Fiber& fiber_at(size_t index) {
  while (fibers.size() <= index) {
    fibers.push_back(std::make_unique<Fiber>());
    fibers.back()->stack = static_cast<char*>(mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  }
  return *fibers[index];
}

std::string place(const cuda_host_thread& at) {
  char text[128];
  snprintf(text, sizeof text, "block (%u, %u, %u), thread (%u, %u, %u)", at.block.x, at.block.y, at.block.z, at.thread.x,
           at.thread.y, at.thread.z);
  return text;
}

/// Lets waiting threads go on where all that they wait for have come. Returns whether any may.
bool release(size_t count) {
  bool any = false;
  const auto all_at = [&](size_t from, size_t to, State state) {
    for (size_t i = from; i < to; ++i)
      if (fibers[i]->state != state) return false;
    return true;
  };
  if (all_at(0, count, State::at_barrier)) {
    for (size_t i = 0; i < count; ++i) fibers[i]->state = State::ready;
    return true;
  }
  for (size_t from = 0; from < count; from += lanes) {
    const size_t to = std::min<size_t>(from + lanes, count);
    if (!all_at(from, to, State::at_shuffle)) continue;
    for (size_t i = from; i < to; ++i) {
      exchanged[i] = fibers[i]->word;
      fibers[i]->state = State::ready;
    }
    any = true;
  }
  return any;
}

std::string run_block(const Launch& launch, uint3 block, const std::vector<unsigned>& order) {
  const size_t count = order.size();
  for (size_t i = 0; i < count; ++i) {
    Fiber& fiber = fiber_at(i);
    const unsigned x = launch.threads.x, y = launch.threads.y, n = unsigned(i);
    fiber.thread = {{n % x, n / x % y, n / x / y}, block, launch.threads, launch.blocks};
    fiber.state = State::ready;
  }
  if (launch.shared_begin != launch.shared_end)
    memset(launch.shared_begin, 0xd5, size_t(launch.shared_end - launch.shared_begin));
  if (!launch.meets) {
    for (unsigned i : order) {
      cuda_host_current = &fibers[i]->thread;
      launch.call(launch.arguments);
    }
    return "";
  }
  exchanged.resize(count);
  for (;;) {
    for (unsigned i : order)
      if (fibers[i]->state == State::ready) {
        resume(*fibers[i]);
        if (!misuse.empty()) return misuse;
      }
    size_t done = 0;
    for (size_t i = 0; i < count; ++i) done += fibers[i]->state == State::done;
    if (done == count) return "";
    if (release(count)) continue;
    for (size_t i = 0; i < count; ++i)
      if (fibers[i]->state != State::done)
        return std::string(fibers[i]->state == State::at_barrier ? "__syncthreads" : "a shuffle") +
               " is not reached by all threads that it waits for: " + place(fibers[i]->thread) + " waits";
  }
}

void on_fault(int signal, siginfo_t* info, void*) {
  const std::string where = cuda_host_current ? place(*cuda_host_current) : "";
  const std::string what =
      signal == SIGILL || signal == SIGTRAP ? "undefined behaviour (a misaligned access, an index outside an array, or a shift or a sum out of range)"
      : signal == SIGFPE                    ? "an integer division by zero"
                                            : "access outside of memory: " + describe_address(info->si_addr);
  snprintf(fault_text, sizeof fault_text, "%s, %s", what.c_str(), where.c_str());
  siglongjmp(fault, 1);
}

constexpr int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};

/// Catches what kernels do wrong while it lives. Node's own handlers come back after.
struct FaultHandlers {
  struct sigaction before[5];
  stack_t stack_before;
  FaultHandlers() {
    static char stack[64 * 1024];
    stack_t own = {};
    own.ss_sp = stack;
    own.ss_size = sizeof stack;
    sigaltstack(&own, &stack_before);
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (int i = 0; i < 5; ++i) sigaction(faults[i], &action, &before[i]);
  }
  ~FaultHandlers() {
    for (int i = 0; i < 5; ++i) sigaction(faults[i], &before[i], nullptr);
    sigaltstack(&stack_before, nullptr);
  }
};

/// The turns of threads: as they are numbered, backwards, or shuffled.
std::vector<unsigned> turns(size_t count, unsigned order) {
  std::vector<unsigned> list(count);
  for (size_t i = 0; i < count; ++i) list[i] = unsigned(order % 3 == 1 ? count - 1 - i : i);
  if (order % 3 == 2) {
    uint32_t state = order * 2654435761u + 1;
    for (size_t i = count; i > 1; --i) {
      state ^= state << 13, state ^= state >> 17, state ^= state << 5;
      std::swap(list[i - 1], list[state % i]);
    }
  }
  return list;
}

}  // namespace

void cuda_host_barrier() { yield(State::at_barrier); }

uint64_t cuda_host_shuffle_xor(unsigned mask, uint64_t word, unsigned offset) {
  Fiber* const own = current;
  own->word = word;
  const dim3& size = own->thread.threads;
  const uint3& at = own->thread.thread;
  const size_t index = at.x + size.x * (at.y + size_t(size.y) * at.z);
  const size_t other = index ^ offset;
  yield(State::at_shuffle);
  if (mask != 0xffffffffu || other / lanes != index / lanes || other >= exchanged.size()) {
    misuse = "a shuffle reads a lane that does not take part: " + place(own->thread);
    yield(State::done);
  }
  return exchanged[other];
}

std::string run_grid(const Launch& launch) {
  const std::vector<unsigned> order = turns(size_t(launch.threads.x) * launch.threads.y * launch.threads.z, launch.order);
  running = &launch;
  misuse.clear();
  FaultHandlers handlers;
  if (sigsetjmp(fault, 1) != 0) {
    // The fibers stand wherever they were: all start anew.
    for (auto& fiber : fibers) fiber->started = false;
    return fault_text;
  }
  for (unsigned z = 0; z < launch.blocks.z; ++z)
    for (unsigned y = 0; y < launch.blocks.y; ++y)
      for (unsigned x = 0; x < launch.blocks.x; ++x) {
        const std::string problem = run_block(launch, {x, y, z}, order);
        if (problem.empty()) continue;
        for (auto& fiber : fibers) fiber->started = false;
        return problem;
      }
  return "";
}
