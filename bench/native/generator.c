/* The device's end: generator PORT CONNECTIONS OBJECTS SIZE. Every connection is a thread that sends its share of OBJECTS,
   one after the answer to the last. Prints "seconds objects bytes checksum p50us p99us". */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "checksum.h"

static int port, share;
static uint32_t size;
static uint8_t *object;
static pthread_barrier_t ready;

struct outcome { uint64_t objects, checksums; double *trips; };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void *blast(void *argument) {
  struct outcome *out = argument;
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int failed = connect(fd, (struct sockaddr *)&address, sizeof address);
  pthread_barrier_wait(&ready);
  uint64_t sum = checksum(object + 4, size);
  for (int i = 0; !failed && i < share; i++) {
    double start = now();
    uint8_t answer[100];
    for (size_t sent = 0; sent < size + 4;) {
      ssize_t n = write(fd, object + sent, size + 4 - sent);
      if (n <= 0) return 0;
      sent += n;
    }
    for (size_t got = 0; got < sizeof answer;) {
      ssize_t n = read(fd, answer + got, sizeof answer - got);
      if (n <= 0) return 0;
      got += n;
    }
    out->trips[i] = now() - start;
    out->objects++;
    out->checksums += sum;
  }
  close(fd);
  return 0;
}

static int rising(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int count, char **arguments) {
  if (count < 5) return 2;
  signal(SIGPIPE, SIG_IGN);
  port = atoi(arguments[1]);
  int connections = atoi(arguments[2]);
  share = atoi(arguments[3]) / connections;
  size = strtoul(arguments[4], 0, 10);
  object = malloc(size + 4);
  memcpy(object, &size, 4);
  uint32_t random = 2463534242u;
  for (uint32_t i = 0; i < size; i++) {
    random ^= random << 13, random ^= random >> 17, random ^= random << 5;
    object[4 + i] = random;
  }
  pthread_barrier_init(&ready, 0, connections + 1);
  pthread_t *threads = calloc(connections, sizeof *threads);
  struct outcome *outcomes = calloc(connections, sizeof *outcomes);
  double *trips = calloc((size_t)connections * share, sizeof *trips);
  for (int i = 0; i < connections; i++) {
    outcomes[i].trips = trips + (size_t)i * share;
    pthread_create(&threads[i], 0, blast, &outcomes[i]);
  }
  pthread_barrier_wait(&ready);
  double start = now();
  uint64_t objects = 0, sums = 0;
  for (int i = 0; i < connections; i++) {
    pthread_join(threads[i], 0);
    objects += outcomes[i].objects;
    sums += outcomes[i].checksums;
  }
  double seconds = now() - start;
  size_t all = (size_t)connections * share;
  qsort(trips, all, sizeof *trips, rising);
  printf("%.6f %lu %lu %lu %.1f %.1f\n", seconds, (unsigned long)objects, (unsigned long)(objects * size),
         (unsigned long)sums, trips[all / 2] * 1e6, trips[all * 99 / 100] * 1e6);
  return objects == all ? 0 : 1;
}
