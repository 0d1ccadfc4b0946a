// Device memory on the host: each allocation ends where memory that cannot be touched begins.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <string>

/// Which end of an array lies at memory that cannot be touched: pages are too coarse for both.
enum class Guarded { end, start };
/// Returns 0 where there is no memory.
uintptr_t allocate(size_t bytes, Guarded guarded);
bool deallocate(uintptr_t pointer);
/// Whether a range lies in one allocation.
bool is_inside(uintptr_t pointer, size_t bytes);
/// Sets bytes to 0; whole pages are new ones, which take no memory until they are written.
void clear(uintptr_t pointer, size_t bytes);
/// While kernels run, the red zone behind each array cannot be touched.
void protect_red_zones(bool on);
/// Where an address lies, for messages.
std::string describe_address(const void* address);

/// Bytes at the end of each allocation that no kernel may touch.
extern size_t red_zone_bytes;
