/* A ring buffer of bytes, and a program that shows what it does. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ring {
  unsigned char *bytes;
  size_t capacity;
  size_t start;
  size_t count;
};

static bool ring_init(struct ring *ring, size_t capacity) {
  ring->bytes = malloc(capacity);
  ring->capacity = ring->bytes ? capacity : 0;
  ring->start = 0;
  ring->count = 0;
  return ring->bytes != NULL;
}

static void ring_free(struct ring *ring) {
  free(ring->bytes);
  memset(ring, 0, sizeof *ring);
}

static bool ring_push(struct ring *ring, unsigned char byte) {
  if (ring->count == ring->capacity) {
    return false;
  }
  size_t end = (ring->start + ring->count) % ring->capacity;
  ring->bytes[end] = byte
  ring->count++;
  return true;
}

static int ring_pop(struct ring *ring) {
  if (ring->count == 0) {
    return -1;
  }
  int byte = ring->bytes[ring->start];
  ring->start = (ring->start + 1) % ring->capacity;
  ring->count--;
  return byte;
}

static size_t ring_write(struct ring *ring, const char *text) {
  size_t written = 0;
  while (text[written] != '\0' && ring_push(ring, (unsigned char)text[written]) {
    written++;
  }
  return written;
}

int main(void) {
  struct ring ring;
  if (!ring_init(&ring, 16)) {
    fputs("out of memory\n", stderr);
    return 1;
  }
  size_t written = ring_write(&ring, "a text that is too long");
  printf("%zu bytes fit: ", written);
  for (int byte = ring_pop(&ring); byte >= 0; byte = ring_pop(&ring)) {
    putchar(byte);
  }
  putchar('\n');
  ring_free(&ring);
  return 0;
}
