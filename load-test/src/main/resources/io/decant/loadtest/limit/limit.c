/*
 * What this machine can do, with as little as possible between a program and it. One thread.
 *
 *   limit ingest FILE BYTES           prints "port N"; takes one connection, splits it into lines, writes blocks of 1 MiB
 *                                     over FILE, preallocated with BYTES, again and again, syncs each, answers "OK <lines>"
 *   limit grow FILE BYTES             the same into a FILE that grows from nothing; at BYTES it is cut to nothing
 *   limit assign FILE RECORDS HOW     counts the lines of FILE in an open-addressing table; HOW: exact compares
 *                                     the bytes of lines of equal hash, hash only the 64 bits; prints records, distinct, highest, nanos
 *   limit sync FILE SECONDS           4 KiB writes, each synced, over a preallocated FILE; prints count, p50, p99, max in nanos
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES (1 << 20)
#define SMALL_BYTES (4 << 10)
#define SMALL_FILE_BYTES (64L << 20)
/* A block that is not full is written once nothing has come for so long. */
#define STALL_MILLIS 2
#define SAMPLES_MAX (1 << 22)

static void die(const char *what) {
    perror(what);
    exit(1);
}

static long now_nanos(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

/* Zeros, not a hole: a sync then has no extents to convert. */
static int preallocated(const char *file, long bytes) {
    int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) die(file);
    char *zeros = calloc(1, BLOCK_BYTES);
    for (long at = 0; at < bytes; at += BLOCK_BYTES)
        if (pwrite(fd, zeros, BLOCK_BYTES, at) != BLOCK_BYTES) die("preallocate");
    free(zeros);
    if (fsync(fd)) die("fsync");
    return fd;
}

static void answer(int socket, long lines) {
    char text[32];
    int length = snprintf(text, sizeof text, "OK %ld\n", lines);
    if (send(socket, text, length, MSG_NOSIGNAL) != length) die("answer");
}

/* Fills a block; less at the end of input or of patience. Returns what there is, 0 at the end. */
static size_t fill(int socket, char *block) {
    size_t have = 0;
    while (have < BLOCK_BYTES) {
        ssize_t got = recv(socket, block + have, BLOCK_BYTES - have, have ? MSG_DONTWAIT : 0);
        if (got > 0) {
            have += got;
        } else if (got == 0) {
            break;
        } else if (errno == EAGAIN) {
            struct pollfd more = {socket, POLLIN, 0};
            if (poll(&more, 1, STALL_MILLIS) == 0) break;
        } else if (errno != EINTR) {
            die("recv");
        }
    }
    return have;
}

static void ingest(const char *file, long bytes, int grows) {
    bytes = bytes / BLOCK_BYTES * BLOCK_BYTES;
    int fd = preallocated(file, grows ? 0 : bytes);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)
        || getsockname(listener, (struct sockaddr *)&address, &length)) die("listen");
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    int socket = accept(listener, NULL, NULL);
    if (socket < 0) die("accept");
    char *block = malloc(BLOCK_BYTES);
    long lines = 0, at = 0;
    for (size_t have; (have = fill(socket, block)) > 0;) {
        for (char *line = block, *end = block + have; (line = memchr(line, '\n', end - line)) != NULL; line++) lines++;
        if (pwrite(fd, block, have, at) != (ssize_t)have || fdatasync(fd)) die("write");
        at = at + 2 * BLOCK_BYTES > bytes ? 0 : at + (long)have;
        if (grows && at == 0 && ftruncate(fd, 0)) die("truncate");
        answer(socket, lines);
    }
    close(socket);
}

/* After Wang Yi's wyhash: 16 bytes a step, mixed by a 128-bit product. */
static inline uint64_t mix(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t word(const char *at) {
    uint64_t w;
    memcpy(&w, at, sizeof w);
    return w;
}

static uint64_t hash(const char *at, size_t length) {
    const uint64_t k0 = 0xa0761d6478bd642fULL, k1 = 0xe7037ed1a0b428dbULL;
    uint64_t h = k0 ^ length;
    size_t left = length;
    for (; left > 16; left -= 16, at += 16) h = mix(word(at) ^ k1, word(at + 8) ^ h);
    uint64_t tail[2] = {0, 0};
    memcpy(tail, at, left);
    return mix(k1 ^ length, mix(tail[0] ^ k1, tail[1] ^ h));
}

struct slot {
    uint64_t hash;
    const char *line;
    uint32_t length, count;
};

struct small_slot {
    uint64_t hash, count;
};

/* Zeroed, in huge pages where the system has some: half the time of a table is in its page faults otherwise. */
static void *zeroed(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) die("table");
    madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

static void assign(const char *file, long records, int exact) {
    int fd = open(file, O_RDONLY);
    struct stat stat;
    if (fd < 0 || fstat(fd, &stat)) die(file);
    const char *data = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (data == MAP_FAILED) die("mmap");
    long start = now_nanos();
    size_t slots = 1;
    while (slots < (size_t)records + (size_t)records / 2) slots *= 2;
    size_t mask = slots - 1;
    struct slot *table = exact ? zeroed(slots * sizeof *table) : NULL;
    struct small_slot *small = exact ? NULL : zeroed(slots * sizeof *small);
    long seen = 0, distinct = 0;
    uint64_t highest = 0;
    const char *end = data + stat.st_size;
    for (const char *line = data, *stop; line < end && (stop = memchr(line, '\n', end - line)); line = stop + 1) {
        size_t length = stop - line;
        uint64_t h = hash(line, length), count;
        size_t at = h & mask;
        if (exact) {
            while (table[at].count && (table[at].hash != h || table[at].length != length
                    || memcmp(table[at].line, line, length)))
                at = (at + 1) & mask;
            if (!table[at].count) table[at] = (struct slot){h, line, (uint32_t)length, 0};
            count = ++table[at].count;
        } else {
            while (small[at].count && small[at].hash != h) at = (at + 1) & mask;
            small[at].hash = h;
            count = ++small[at].count;
        }
        distinct += count == 1;
        if (count > highest) highest = count;
        seen++;
    }
    printf("records %ld distinct %ld highest %ld nanos %ld\n", seen, distinct, (long)highest, now_nanos() - start);
}

static int by_size(const void *a, const void *b) {
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

static void sync_latency(const char *file, long seconds) {
    int fd = preallocated(file, SMALL_FILE_BYTES);
    char *small = calloc(1, SMALL_BYTES);
    long *samples = malloc(SAMPLES_MAX * sizeof *samples);
    long count = 0, start = now_nanos(), before = start;
    while (count < SAMPLES_MAX && before - start < seconds * 1000000000L) {
        if (pwrite(fd, small, SMALL_BYTES, count * SMALL_BYTES % SMALL_FILE_BYTES) != SMALL_BYTES || fdatasync(fd)) die("write");
        long after = now_nanos();
        samples[count++] = after - before;
        before = after;
    }
    qsort(samples, count, sizeof *samples, by_size);
    printf("count %ld p50 %ld p99 %ld max %ld\n", count, samples[count / 2], samples[count * 99 / 100], samples[count - 1]);
}

int main(int argc, char **argv) {
    if (argc == 4 && (!strcmp(argv[1], "ingest") || !strcmp(argv[1], "grow"))) {
        ingest(argv[2], atol(argv[3]), !strcmp(argv[1], "grow"));
    } else if (argc == 5 && !strcmp(argv[1], "assign")) {
        assign(argv[2], atol(argv[3]), !strcmp(argv[4], "exact"));
    } else if (argc == 4 && !strcmp(argv[1], "sync")) {
        sync_latency(argv[2], atol(argv[3]));
    } else {
        fprintf(stderr, "limit ingest FILE BYTES | grow FILE BYTES | assign FILE RECORDS exact|hash | sync FILE SECONDS\n");
        return 2;
    }
    return 0;
}
