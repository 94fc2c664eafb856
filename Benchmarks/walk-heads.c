/// Reads 64 bytes of every file below DIR on as many threads as there are cores, and does nothing with them: what opening each
/// file costs at least. Prints how many files there were. usage: walk-heads DIR
///
/// As airworthy does, each thread has its own directories and its own descriptors and closes files in rows.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct directory {
  struct directory *next;
  char path[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct directory *shared;
static int busy;
static atomic_int idle;
static atomic_long files;

/// The lowest and the highest descriptor that a thread has open beside those that it began with.
struct row {
  int first, last;
};

static struct directory *child(const char *parent, const char *name) {
  size_t size = strlen(parent) + strlen(name) + 2;
  struct directory *new = malloc(sizeof *new + size);
  if (!new)
    exit(1);
  snprintf(new->path, size, *parent ? "%s/%s" : "%s%s", parent, name);
  new->next = NULL;
  return new;
}

/// All that others gave; NULL when all is done.
static struct directory *take(void) {
  pthread_mutex_lock(&lock);
  while (!shared && busy) {
    idle++;
    pthread_cond_wait(&changed, &lock);
    idle--;
  }
  struct directory *found = shared;
  shared = NULL;
  if (found)
    busy++;
  pthread_mutex_unlock(&lock);
  return found;
}

static void finish(void) {
  pthread_mutex_lock(&lock);
  if (--busy == 0)
    pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

/// Gives the older half of what waits to a thread that has nothing.
static void give(struct directory *stack) {
  struct directory *middle = stack, *end = stack->next;
  while (end && end->next) {
    middle = middle->next;
    end = end->next->next;
  }
  struct directory *half = middle->next, *last = half;
  if (!half)
    return;
  middle->next = NULL;
  while (last->next)
    last = last->next;
  pthread_mutex_lock(&lock);
  last->next = shared;
  shared = half;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void close_between(int first, int last) {
  if (first <= last)
    syscall(SYS_close_range, first, last, 0);
}

/// Closes what is open except DIRECTORY, or that too if it is -1.
static void close_row(struct row *row, int directory) {
  if (row->first < 0)
    return;
  if (directory < 0) {
    close_between(row->first, row->last);
    row->first = row->last = -1;
  } else {
    close_between(row->first, directory - 1);
    close_between(directory + 1, row->last);
    row->first = row->last = directory;
  }
}

/// What a thread opens gets the lowest number that is free.
static void add(struct row *row, int file) {
  if (row->first < 0 || file < row->first)
    row->first = file;
  if (file > row->last)
    row->last = file;
}

static _Noreturn void fail(const char *name) {
  perror(name);
  exit(66);
}

static void look(int parent, const char *name, struct row *row) {
  char head[64];
  int file = (int)syscall(SYS_openat, parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | O_NOATIME);
  if (file < 0)
    fail(name);
  long count = syscall(SYS_pread64, file, head, sizeof head, 0);
  if (count == sizeof head)
    count = syscall(SYS_lseek, file, 0, SEEK_END);
  add(row, file);
  if (row->last - row->first >= 96)
    close_row(row, parent);
}

static struct directory *look_into(struct directory *directory, char *entries, struct directory *stack, struct row *row) {
  long count, seen = 0;
  int descriptor = open(directory->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0)
    fail(directory->path);
  add(row, descriptor);
  int64_t position = 0;
  // ext4 gives the highest position behind a directory's last entry.
  while (position != INT64_MAX && (count = getdents64(descriptor, entries, 32768)) > 0)
    for (long offset = 0; offset < count;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + offset);
      offset += entry->d_reclen;
      position = entry->d_off;
      if (entry->d_type == DT_REG) {
        seen++;
        look(descriptor, entry->d_name, row);
      } else if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
        struct directory *new = child(directory->path, entry->d_name);
        new->next = stack;
        stack = new;
      }
    }
  if (row->last - row->first >= 72)
    close_row(row, -1);
  files += seen;
  return stack;
}

static void *walk(void *unused) {
  unshare(CLONE_FILES);
  char *entries = malloc(32768);
  struct row row = {-1, -1};
  struct directory *stack;
  while (entries && (stack = take())) {
    while (stack) {
      struct directory *directory = stack;
      stack = look_into(directory, entries, directory->next, &row);
      free(directory);
      if (stack && idle)
        give(stack);
    }
    finish();
  }
  return unused;
}

int main(int count, char **arguments) {
  if (count != 2)
    return 64;
  shared = child("", arguments[1]);
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  pthread_t threads[32];
  for (long index = 1; index < cores && index < 32; index++)
    if (pthread_create(&threads[index], NULL, walk, NULL))
      return 1;
  walk(NULL);
  for (long index = 1; index < cores && index < 32; index++)
    pthread_join(threads[index], NULL);
  printf("%ld\n", (long)files);
  return 0;
}
