#include "memory.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>

size_t red_zone_bytes = 0;

namespace {

struct Allocation {
  char* mapping;
  size_t mapped;
  size_t bytes;
  /// Bytes of them that are the red zone.
  size_t red;
  /// The pages of the red zone.
  char* zone;
  size_t zone_bytes;
};

std::map<uintptr_t, Allocation> allocations;

size_t pages(size_t bytes) {
  static const size_t page = size_t(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

// [ no access | … array ] [ red zone | no access ]: the array ends at the end of a page, but for what 16 bytes of alignment cost;
// or [ no access | array red zone … | no access ].
uintptr_t allocate(size_t bytes, Guarded guarded) {
  const size_t guard = pages(1);
  const size_t red = bytes > red_zone_bytes ? red_zone_bytes : 0;
  const size_t array = (bytes - red + 15) / 16 * 16;
  const bool at_end = guarded == Guarded::end;
  const size_t data = pages(at_end ? array : bytes), zone = at_end ? pages(red) : 0;
  const size_t mapped = guard + data + zone + guard;
  void* mapping = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return 0;
  char* const start = static_cast<char*>(mapping) + guard;
  mprotect(start, data + zone, PROT_READ | PROT_WRITE);
  const uintptr_t pointer = reinterpret_cast<uintptr_t>(at_end ? start + data - array : start);
  allocations[pointer] = {static_cast<char*>(mapping), mapped, bytes, red, start + data, zone};
  return pointer;
}

bool deallocate(uintptr_t pointer) {
  const auto found = allocations.find(pointer);
  if (found == allocations.end()) return false;
  munmap(found->second.mapping, found->second.mapped);
  allocations.erase(found);
  return true;
}

bool is_inside(uintptr_t pointer, size_t bytes) {
  auto after = allocations.upper_bound(pointer);
  if (after == allocations.begin()) return false;
  const auto& [start, allocation] = *--after;
  return pointer + bytes <= start + allocation.bytes;
}

void clear(uintptr_t pointer, size_t bytes) {
  const uintptr_t first = pages(pointer), end = pointer + bytes, last = end / pages(1) * pages(1);
  if (first >= last) {
    memset(reinterpret_cast<void*>(pointer), 0, bytes);
    return;
  }
  memset(reinterpret_cast<void*>(pointer), 0, first - pointer);
  memset(reinterpret_cast<void*>(last), 0, end - last);
  madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

void protect_red_zones(bool on) {
  for (const auto& [_, allocation] : allocations)
    if (allocation.zone_bytes > 0)
      mprotect(allocation.zone, allocation.zone_bytes, on ? PROT_NONE : PROT_READ | PROT_WRITE);
}

std::string describe_address(const void* address) {
  const char* const at = static_cast<const char*>(address);
  size_t index = 0;
  for (const auto& [start, allocation] : allocations) {
    ++index;
    if (at < allocation.mapping || at >= allocation.mapping + allocation.mapped) continue;
    const long long offset = at - reinterpret_cast<const char*>(start);
    return "byte " + std::to_string(offset) + " of an array of " + std::to_string(allocation.bytes - allocation.red) + " bytes";
  }
  return "an address that belongs to no array";
}
