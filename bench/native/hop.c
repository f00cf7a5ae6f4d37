/* The least that can stand in between: what comes from one side is written to the other, in one thread, and nothing is
   kept, hashed or copied to anybody. Blocks where a side does not take what it is given, so it serves one association at
   a time that matters. "hop ADDRESS PORT" prints the port it listens on. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKETS = 4096, PIECE = 1 << 18 };

static int other[SOCKETS];
static uint8_t piece[PIECE];

static void watch(int epoll, int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void join(int epoll, int device, const struct sockaddr_in *upstream) {
  int archive = socket(AF_INET, SOCK_STREAM, 0);
  if (device < 0 || archive < 0 || device >= SOCKETS || archive >= SOCKETS) exit(1);
  if (connect(archive, (const void *)upstream, sizeof *upstream)) exit(1);
  other[device] = archive;
  other[archive] = device;
  watch(epoll, device);
  watch(epoll, archive);
}

static void pass(int fd) {
  // its other end was closed a moment ago, and it with that
  if (other[fd] < 0) return;
  ssize_t length = read(fd, piece, PIECE);
  if (length <= 0) {
    int there = other[fd];
    other[fd] = other[there] = -1;
    close(there);
    close(fd);
    return;
  }
  for (ssize_t sent = 0; sent < length;) {
    ssize_t taken = send(other[fd], piece + sent, length - sent, MSG_NOSIGNAL);
    if (taken <= 0) return;
    sent += taken;
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  struct sockaddr_in upstream = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))}, own = upstream;
  inet_pton(AF_INET, arguments[1], &upstream.sin_addr);
  own.sin_addr = upstream.sin_addr;
  own.sin_port = 0;
  socklen_t length = sizeof own;
  int listening = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
  if (bind(listening, (void *)&own, sizeof own) || listen(listening, 64)) return 1;
  getsockname(listening, (void *)&own, &length);
  printf("%d\n", ntohs(own.sin_port));
  fflush(stdout);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listening}, events[64];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
  for (;;) {
    int ready = epoll_wait(epoll, events, 64, -1);
    for (int at = 0; at < ready; at++) {
      if (events[at].data.fd == listening) join(epoll, accept(listening, 0, 0), &upstream);
      else pass(events[at].data.fd);
    }
  }
}
