// A disk that fails when a test says so: loaded before the C library (LD_PRELOAD), it stands between a node and the files below one folder.
//
// GARITA_FAULT_FOLDER  files below it are watched, all others are passed through
// GARITA_FAULT_COUNT   file of eight bytes, mapped: how many writes, syncs, renames, truncations and removals there were; survives SIGKILL
// GARITA_FAULT_KILL    the process kills itself (SIGKILL) at this one of them, counted from 1; a write is done to its half before
// GARITA_FAULT_POWER   where it is set, this death is a power cut: of what was written since a file's last good sync, half is zeros
// GARITA_FAULT_FLAG    while this file holds two words, a kind and a part of a path (its end, where a `$` follows), what touches
//                      such a path fails:
//                        `sync`  fsync and fdatasync give EIO
//                        `lose`  the same, and what was written to the file since its last good sync is zeros: the system had
//                                written pages in memory only, took them for clean after the error, and gave their memory away
//                        `ro`    whatever writes gives EROFS, as on a disk that the system has remounted

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *folder;
static const char *flag;
static uint64_t kill_at;
static int power;
static uint64_t unmapped;
static uint64_t *count = &unmapped;

static ssize_t (*next_write)(int, const void *, size_t);
static ssize_t (*next_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*next_pwrite64)(int, const void *, size_t, off64_t);
static int (*next_fsync)(int);
static int (*next_fdatasync)(int);
static int (*next_ftruncate)(int, off_t);
static int (*next_ftruncate64)(int, off64_t);
static int (*next_rename)(const char *, const char *);
static int (*next_unlink)(const char *);
static int (*next_open)(const char *, int, ...);
static int (*next_open64)(const char *, int, ...);

__attribute__((constructor)) static void start(void) {
    next_write = NEXT(write);
    next_pwrite = NEXT(pwrite);
    next_pwrite64 = NEXT(pwrite64);
    next_fsync = NEXT(fsync);
    next_fdatasync = NEXT(fdatasync);
    next_ftruncate = NEXT(ftruncate);
    next_ftruncate64 = NEXT(ftruncate64);
    next_rename = NEXT(rename);
    next_unlink = NEXT(unlink);
    next_open = NEXT(open);
    next_open64 = NEXT(open64);
    flag = getenv("GARITA_FAULT_FLAG");
    const char *at = getenv("GARITA_FAULT_KILL");
    kill_at = at ? strtoull(at, NULL, 10) : 0;
    power = getenv("GARITA_FAULT_POWER") != NULL;
    const char *counted = getenv("GARITA_FAULT_COUNT");
    if (counted) {
        int fd = next_open(counted, O_RDWR | O_CREAT, 0600);
        if (fd >= 0 && next_ftruncate(fd, 8) == 0) {
            void *mapped = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            if (mapped != MAP_FAILED) {
                count = mapped;
            }
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    folder = getenv("GARITA_FAULT_FOLDER");
}

// What was written since the last good sync, for `lose` and power cuts: only the newest of them, where there are more than fit.
struct range {
    char path[512];
    off64_t at;
    size_t size;
};

#define RANGES 16384
static struct range *ranges;
static size_t written;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int watched(const char *path) {
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

// The path of a watched descriptor; 0 where it is none. The caller's errno stays.
static int path_of(int fd, char *path, size_t room) {
    char name[40];
    int before = errno;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, room - 1);
    errno = before;
    if (length <= 0) {
        return 0;
    }
    path[length] = 0;
    return watched(path);
}

static int names(const char *path, const char *part) {
    size_t length = strlen(part);
    if (length == 0 || part[length - 1] != '$') {
        return strstr(path, part) != NULL;
    }
    size_t whole = strlen(path);
    return whole >= length - 1 && strncmp(path + whole - (length - 1), part, length - 1) == 0;
}

// Whether the flag says that this kind of call fails on this path.
static int fails(const char *kind, const char *path) {
    char line[256], told[16], part[200];
    int before = errno;
    int hit = 0;
    int fd = flag ? next_open(flag, O_RDONLY) : -1;
    if (fd >= 0) {
        ssize_t length = read(fd, line, sizeof line - 1);
        close(fd);
        if (length > 0) {
            line[length] = 0;
            hit = sscanf(line, "%15s %199s", told, part) == 2 && strcmp(told, kind) == 0 && names(path, part);
        }
    }
    errno = before;
    return hit;
}

// Notes a write; `at` -1: where the descriptor stands.
static void note(int fd, const char *path, off64_t at, size_t size) {
    if (!flag) {
        return;
    }
    pthread_mutex_lock(&lock);
    if (!ranges) {
        ranges = calloc(RANGES, sizeof *ranges);
    }
    if (ranges && strlen(path) < sizeof ranges->path) {
        struct range *one = &ranges[written++ % RANGES];
        strcpy(one->path, path);
        one->at = at >= 0 ? at : lseek64(fd, 0, SEEK_CUR);
        one->size = size;
    }
    pthread_mutex_unlock(&lock);
}

static void zero(int fd, const struct range *one);

// What was noted of a file is forgotten; where it is lost, it is zeros from now on.
static void synced(int fd, const char *path, int lost) {
    if (!flag) {
        return;
    }
    pthread_mutex_lock(&lock);
    for (size_t n = 0; ranges && n < RANGES && n < written; n++) {
        if (strcmp(ranges[n].path, path) == 0) {
            if (lost) {
                zero(fd, &ranges[n]);
            }
            ranges[n].path[0] = 0;
        }
    }
    pthread_mutex_unlock(&lock);
}

// One more boundary; 1 where the process dies at it.
static int last(void) {
    return __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) == kill_at;
}

static void zero(int fd, const struct range *one) {
    static const char zeros[65536];
    for (size_t done = 0; done < one->size;) {
        size_t size = one->size - done < sizeof zeros ? one->size - done : sizeof zeros;
        ssize_t wrote = next_pwrite64(fd, zeros, size, one->at + (off64_t)done);
        if (wrote <= 0) {
            return;
        }
        done += (size_t)wrote;
    }
}

static void die(void) {
    if (power) {
        // The lock is kept: nobody writes any more.
        pthread_mutex_lock(&lock);
        for (size_t n = 0; ranges && n < RANGES && n < written; n++) {
            // Which half: by the place in the list and the boundary, so that the same death comes again.
            uint64_t chance = (n + 1) * 0x9E3779B97F4A7C15u ^ kill_at * 0xBF58476D1CE4E5B9u;
            int fd = ranges[n].path[0] && (chance >> 40) & 1 ? next_open64(ranges[n].path, O_WRONLY) : -1;
            if (fd >= 0) {
                zero(fd, &ranges[n]);
                close(fd);
            }
        }
    }
    kill(getpid(), SIGKILL);
    pause();
}

ssize_t write(int fd, const void *bytes, size_t size) {
    char path[4096];
    if (path_of(fd, path, sizeof path)) {
        if (fails("ro", path)) {
            errno = EROFS;
            return -1;
        }
        if (last()) {
            (void)!next_write(fd, bytes, size / 2);
            die();
        }
        note(fd, path, -1, size);
    }
    return next_write(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    char path[4096];
    if (path_of(fd, path, sizeof path)) {
        if (fails("ro", path)) {
            errno = EROFS;
            return -1;
        }
        if (last()) {
            (void)!next_pwrite(fd, bytes, size / 2, at);
            die();
        }
        note(fd, path, at, size);
    }
    return next_pwrite(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    char path[4096];
    if (path_of(fd, path, sizeof path)) {
        if (fails("ro", path)) {
            errno = EROFS;
            return -1;
        }
        if (last()) {
            (void)!next_pwrite64(fd, bytes, size / 2, at);
            die();
        }
        note(fd, path, at, size);
    }
    return next_pwrite64(fd, bytes, size, at);
}

// Of a call that either happens or not: what it gives at this boundary; 0 where it goes on.
static int refused(int fd, int syncs) {
    char path[4096];
    if (!path_of(fd, path, sizeof path)) {
        return 0;
    }
    if (last()) {
        die();
    }
    if (syncs) {
        int lost = fails("lose", path);
        int fault = lost || fails("sync", path);
        if (!fault || lost) {
            synced(fd, path, lost);
        }
        return fault ? EIO : 0;
    }
    return fails("ro", path) ? EROFS : 0;
}

#define STOPS(fd, syncs) \
    do { \
        int code = refused(fd, syncs); \
        if (code) { \
            errno = code; \
            return -1; \
        } \
    } while (0)

int fsync(int fd) {
    STOPS(fd, 1);
    return next_fsync(fd);
}

int fdatasync(int fd) {
    STOPS(fd, 1);
    return next_fdatasync(fd);
}

int ftruncate(int fd, off_t size) {
    STOPS(fd, 0);
    return next_ftruncate(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    STOPS(fd, 0);
    return next_ftruncate64(fd, size);
}

#define STOPS_PATH(path) \
    do { \
        if (watched(path)) { \
            if (last()) { \
                die(); \
            } \
            if (fails("ro", path)) { \
                errno = EROFS; \
                return -1; \
            } \
        } \
    } while (0)

int rename(const char *from, const char *to) {
    STOPS_PATH(to);
    return next_rename(from, to);
}

int unlink(const char *path) {
    STOPS_PATH(path);
    return next_unlink(path);
}

// Opening writes nothing by itself and is no boundary; a disk that takes no writes makes no file.
#define OPENS(path, flags) \
    if (((flags) & (O_CREAT | O_TRUNC)) && watched(path) && fails("ro", path)) { \
        errno = EROFS; \
        return -1; \
    }

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    OPENS(path, flags);
    return next_open(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    OPENS(path, flags);
    return next_open64(path, flags, mode);
}
