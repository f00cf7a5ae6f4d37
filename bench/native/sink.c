/* The archive's end: reads objects (4-byte little-endian length, payload), answers each with 100 bytes, and sums what it
   saw. One thread a connection. On SIGTERM prints "objects bytes checksum". */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "checksum.h"

static _Atomic uint64_t objects, bytes, checksums;

static int take(int fd, uint8_t *into, size_t length) {
  for (size_t got = 0; got < length;) {
    ssize_t n = read(fd, into + got, length - got);
    if (n <= 0) return 0;
    got += n;
  }
  return 1;
}

static void *serve(void *argument) {
  int fd = (int)(intptr_t)argument, on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  size_t room = 1 << 16;
  uint8_t *buffer = malloc(room), answer[100] = {4};
  uint32_t length;
  while (take(fd, (uint8_t *)&length, 4)) {
    if (length > (1u << 30)) break;
    if (length > room) buffer = realloc(buffer, room = length);
    if (!take(fd, buffer, length)) break;
    atomic_fetch_add(&checksums, checksum(buffer, length));
    atomic_fetch_add(&objects, 1);
    atomic_fetch_add(&bytes, length);
    if (write(fd, answer, sizeof answer) != sizeof answer) break;
  }
  free(buffer);
  close(fd);
  return 0;
}

int main(int count, char **arguments) {
  signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, 0);
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(count > 1 ? atoi(arguments[1]) : 0)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return perror("sink"), 1;
  pthread_t waiter;
  extern void *report(void *);
  pthread_create(&waiter, 0, report, &set);
  for (;;) {
    int fd = accept(listener, 0, 0);
    if (fd < 0) continue;
    pthread_t thread;
    pthread_create(&thread, 0, serve, (void *)(intptr_t)fd);
    pthread_detach(thread);
  }
}

void *report(void *set) {
  int which;
  sigwait(set, &which);
  printf("%lu %lu %lu\n", (unsigned long)objects, (unsigned long)bytes, (unsigned long)checksums);
  fflush(stdout);
  _exit(0);
}
