/* Order-sensitive and nearly free: a sum and a sum of sums (Fletcher) over 32-bit words. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t checksum(const uint8_t *bytes, size_t length) {
  uint64_t sum = length, weighted = 0;
  for (size_t i = 0; i + 4 <= length; i += 4) {
    uint32_t word;
    memcpy(&word, bytes + i, 4);
    sum += word;
    weighted += (uint64_t)word * (uint32_t)(i + 1);
  }
  return sum ^ (weighted * 0x9e3779b97f4a7c15ull);
}
