/* A queue of numbers with a fixed size. */
#include "queue.h"

bool queue_put(struct Queue *queue, int number) {
  if (queue->count == QUEUE_SIZE)
    goto full;
  queue->numbers[(queue->first + queue->count++) % QUEUE_SIZE] = number;
  return true;
full:
  return false;
}

bool QueueTake(struct Queue *queue, int *number) {
  if (queue->count == 0) return false;
  *number = queue->numbers[queue->first];
  queue->first = (queue->first + 1) % QUEUE_SIZE;
  queue->count--;
  return true;
}
