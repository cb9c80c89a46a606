/* A queue of numbers with a fixed size. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>

enum { QUEUE_SIZE = 32 };

struct Queue {
  int numbers[QUEUE_SIZE];
  int first;
  int count;
};

bool queue_put(struct Queue *queue, int number);
bool queue_take(struct Queue *queue, int *number);

#endif
