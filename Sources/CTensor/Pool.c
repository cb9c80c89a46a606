#include "CTensor.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// A pass has a barrier per layer, every few hundred microseconds: waking a sleeping thread would take as long as a
// layer of a small model. So threads look for a while before they sleep.

enum { LOOKS_BEFORE_YIELDING = 1 << 12, LOOKS_BEFORE_SLEEPING = 1 << 14 };

struct espalier_pool {
  int lanes;
  pthread_t *threads;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  void (*task)(void *context, int lane);
  void *context;
  // Counts tasks. Threads wait for it to change.
  _Atomic unsigned generation;
  _Atomic int sleepers;
  _Atomic int running;
  _Atomic int ends;
  _Atomic int arrived;
  _Atomic unsigned phase;
};

struct start {
  struct espalier_pool *pool;
  int lane;
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Another program may need the core that the others wait for.
static void look_again(unsigned *looks) {
  if (++*looks % LOOKS_BEFORE_YIELDING == 0) {
    sched_yield();
  } else {
    relax();
  }
}

static void *work(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  struct espalier_pool *pool = start.pool;
  unsigned seen = 0;
  while (true) {
    unsigned looks = 0;
    while (atomic_load_explicit(&pool->generation, memory_order_acquire) == seen && looks < LOOKS_BEFORE_SLEEPING) {
      look_again(&looks);
    }
    if (atomic_load(&pool->generation) == seen) {
      pthread_mutex_lock(&pool->mutex);
      atomic_fetch_add(&pool->sleepers, 1);
      while (atomic_load(&pool->generation) == seen) pthread_cond_wait(&pool->wake, &pool->mutex);
      atomic_fetch_sub(&pool->sleepers, 1);
      pthread_mutex_unlock(&pool->mutex);
    }
    seen = atomic_load(&pool->generation);
    if (atomic_load(&pool->ends)) return NULL;
    pool->task(pool->context, start.lane);
    atomic_fetch_sub_explicit(&pool->running, 1, memory_order_release);
  }
}

struct espalier_pool *espalier_pool_create(int lanes) {
  struct espalier_pool *pool = calloc(1, sizeof *pool);
  if (!pool) abort();
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pool->lanes = 1;
  pool->threads = calloc((size_t)(lanes > 1 ? lanes : 1), sizeof *pool->threads);
  if (!pool->threads) abort();
  while (pool->lanes < lanes) {
    struct start *start = malloc(sizeof *start);
    if (!start) break;
    *start = (struct start){pool, pool->lanes};
    if (pthread_create(&pool->threads[pool->lanes], NULL, work, start) != 0) {
      free(start);
      break;
    }
    pool->lanes++;
  }
  return pool;
}

static void begin(struct espalier_pool *pool) {
  // Sequentially consistent, as is the sleepers' look at the generation: one of the two sees the other.
  atomic_fetch_add(&pool->generation, 1);
  if (atomic_load(&pool->sleepers) > 0) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
  }
}

void espalier_pool_destroy(struct espalier_pool *pool) {
  atomic_store(&pool->ends, 1);
  begin(pool);
  for (int lane = 1; lane < pool->lanes; lane++) pthread_join(pool->threads[lane], NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->threads);
  free(pool);
}

int espalier_pool_lanes(const struct espalier_pool *pool) { return pool->lanes; }

void espalier_pool_run(struct espalier_pool *pool, void (*task)(void *context, int lane), void *context) {
  pool->task = task;
  pool->context = context;
  atomic_store(&pool->running, pool->lanes - 1);
  if (pool->lanes > 1) begin(pool);
  task(context, 0);
  unsigned looks = 0;
  while (atomic_load_explicit(&pool->running, memory_order_acquire) > 0) look_again(&looks);
}

void espalier_pool_barrier(struct espalier_pool *pool) {
  if (pool->lanes == 1) return;
  unsigned phase = atomic_load(&pool->phase);
  if (atomic_fetch_add(&pool->arrived, 1) == pool->lanes - 1) {
    atomic_store(&pool->arrived, 0);
    atomic_fetch_add_explicit(&pool->phase, 1, memory_order_release);
    return;
  }
  unsigned looks = 0;
  while (atomic_load_explicit(&pool->phase, memory_order_acquire) == phase) look_again(&looks);
}
