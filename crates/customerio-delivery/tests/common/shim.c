/*
 * Stands between a process and the system, for tests: a library for LD_PRELOAD.
 *
 *   SHIM_FOLDER  The folder whose files it watches.
 *   SHIM_LOG     Writes what is done to these files to this one, in order: see `struct entry`.
 *   SHIM_FAIL    Each so many syncs of these files fail with EIO, and have done nothing.
 *   SHIM_CLOCK   A file with a number: by so many seconds the system's clock is off. The monotonic clock is not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* What comes before the name and the bytes of an entry of the log. */
struct entry {
    uint64_t kind;   /* 'w'rite, 't'runcate, 's'ync, 'f'ailed sync, 'u'nlink */
    uint64_t offset; /* of what is written; the length, of what is truncated */
    uint64_t name;   /* the length of the name, which is empty for the folder itself */
    uint64_t bytes;  /* how many were written */
};

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

/* The name of a file below the folder; NULL for every other. */
static const char *below(const char *path) {
    const char *folder = getenv("SHIM_FOLDER");
    if (!folder) return NULL;
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) || (path[length] && path[length] != '/')) return NULL;
    return path[length] ? path + length + 1 : path + length;
}

static const char *name_of(int fd, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    return below(path);
}

static void all(int fd, const void *bytes, size_t count) {
    while (count) {
        ssize_t written = REAL(write)(fd, bytes, count);
        if (written <= 0) abort();
        bytes = (const char *)bytes + written;
        count -= (size_t)written;
    }
}

/* It is called with the lock. */
static void note(char kind, const char *name, uint64_t offset, const void *bytes, size_t count) {
    static int log = -1;
    const char *path = getenv("SHIM_LOG");
    if (!path) return;
    if (log < 0) log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct entry entry = {(uint64_t)kind, offset, strlen(name), count};
    all(log, &entry, sizeof entry);
    all(log, name, entry.name);
    all(log, bytes, count);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (!name) return REAL(write)(fd, bytes, count);
    pthread_mutex_lock(&order);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t written = REAL(write)(fd, bytes, count);
    if (written > 0) note('w', name, (uint64_t)offset, bytes, (size_t)written);
    pthread_mutex_unlock(&order);
    return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (!name) return REAL(pwrite64)(fd, bytes, count, offset);
    pthread_mutex_lock(&order);
    ssize_t written = REAL(pwrite64)(fd, bytes, count, offset);
    if (written > 0) note('w', name, (uint64_t)offset, bytes, (size_t)written);
    pthread_mutex_unlock(&order);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return pwrite64(fd, bytes, count, offset);
}

int ftruncate64(int fd, off64_t length) {
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (!name) return REAL(ftruncate64)(fd, length);
    pthread_mutex_lock(&order);
    int result = REAL(ftruncate64)(fd, length);
    if (!result) note('t', name, (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&order);
    return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int unlink(const char *path) {
    const char *name = below(path);
    if (!name) return REAL(unlink)(path);
    pthread_mutex_lock(&order);
    int result = REAL(unlink)(path);
    if (!result) note('u', name, 0, NULL, 0);
    pthread_mutex_unlock(&order);
    return result;
}

/* Nothing is written meanwhile, so that what is written later is not taken for synced. */
static int synced(int fd, int (*sync)(int)) {
    static long count;
    char path[PATH_MAX];
    const char *name = name_of(fd, path), *fail = getenv("SHIM_FAIL");
    if (!name) return sync(fd);
    pthread_mutex_lock(&order);
    int fails = fail && ++count % atol(fail) == 0;
    int result = fails ? -1 : sync(fd);
    note(fails ? 'f' : 's', name, 0, NULL, 0);
    pthread_mutex_unlock(&order);
    if (fails) errno = EIO;
    return result;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }

int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = REAL(clock_gettime)(clock, time);
    const char *path = getenv("SHIM_CLOCK");
    if (result || clock != CLOCK_REALTIME || !path) return result;
    char text[32] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) abort();
    if (read(file, text, sizeof text - 1) < 0) abort();
    close(file);
    time->tv_sec += atol(text);
    return result;
}
