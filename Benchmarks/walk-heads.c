/// Reads 64 bytes of every file below DIR on as many threads as there are cores, and does nothing with them: what opening each
/// file costs at least. Prints how many files there were. usage: walk-heads DIR
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
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
static struct directory *waiting;
static int busy;
static atomic_long files;

static void push(const char *parent, const char *name) {
  size_t size = strlen(parent) + strlen(name) + 2;
  struct directory *new = malloc(sizeof *new + size);
  if (!new)
    exit(1);
  snprintf(new->path, size, *parent ? "%s/%s" : "%s%s", parent, name);
  pthread_mutex_lock(&lock);
  new->next = waiting;
  waiting = new;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

static struct directory *next(void) {
  pthread_mutex_lock(&lock);
  while (!waiting && busy)
    pthread_cond_wait(&changed, &lock);
  struct directory *found = waiting;
  if (found) {
    waiting = found->next;
    busy++;
  }
  pthread_mutex_unlock(&lock);
  return found;
}

static void finish(void) {
  pthread_mutex_lock(&lock);
  if (--busy == 0)
    pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void look(int parent, const char *name) {
  char head[64];
  int file = (int)syscall(SYS_openat, parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (file < 0)
    return;
  long count = syscall(SYS_pread64, file, head, sizeof head, 0);
  if (count == sizeof head)
    count = syscall(SYS_lseek, file, 0, SEEK_END);
  syscall(SYS_close, file);
}

static void *walk(void *unused) {
  char *entries = malloc(32768);
  long count, seen = 0;
  for (struct directory *directory; entries && (directory = next()); finish(), free(directory)) {
    int descriptor = open(directory->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    while ((count = getdents64(descriptor, entries, 32768)) > 0)
      for (long offset = 0; offset < count;) {
        struct dirent64 *entry = (struct dirent64 *)(entries + offset);
        offset += entry->d_reclen;
        if (entry->d_type == DT_REG) {
          seen++;
          look(descriptor, entry->d_name);
        } else if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
          push(directory->path, entry->d_name);
        }
      }
    close(descriptor);
  }
  files += seen;
  return unused;
}

int main(int count, char **arguments) {
  if (count != 2)
    return 64;
  push("", arguments[1]);
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
