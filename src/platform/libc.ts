import { createRequire, osConstants } from "./builtins.ts";

/** The C library, by FFI. Every foreign call of crngwatch is in this file. */
export interface Libc {
  /**
   * getrandom(buf, 1, GRND_NONBLOCK), getrandom(2): never waits and never makes the kernel gather entropy.
   * Returns null on success, else the errno name (EAGAIN: a caller would wait; ENOSYS: no such call).
   */
  getrandomNonblock(): string | null;
  /**
   * poll(2) on a worker thread, without time-out. Resolves to the events of each descriptor, in order; to zeros after a
   * signal. The promise stays open until something happens, so one of the descriptors must be one that we can make ready.
   */
  poll(watched: readonly Watched[]): Promise<readonly number[]>;
  /** eventfd(2), counting and non-blocking: an 8-byte write makes it readable. Null: the kernel gave none. */
  eventfd(): number | null;
  /** One datagram to an AF_UNIX socket, never waiting. Returns null when sent, else the errno name. `@` starts an abstract name. */
  sendDatagram(address: string, payload: string): string | null;
}

export interface Watched {
  readonly fd: number;
  readonly events: number;
}

/** poll(2): there is something to read. */
export const POLLIN = 1;

const GRND_NONBLOCK = 1;
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** struct pollfd: int fd, short events, short revents. */
const pollfdBytes = 8;

/** Loads the C library. On a machine that koffi has no binary for, a reason in words instead. */
export function loadLibc(): Libc | string {
  try {
    // Its CommonJS entry, for the reason in builtins.ts.
    return bind(createRequire(import.meta.url)("koffi") as Koffi);
  } catch (error) {
    return `koffi does not load here: ${firstLine(error)}`;
  }
}

type Koffi = (typeof import("koffi"))["default"];
type ForeignFunction = ReturnType<ReturnType<Koffi["load"]>["func"]>;

function bind(koffi: Koffi): Libc {
  const libc = koffi.load(null);
  const getrandom = libc.func("long getrandom(void *buf, size_t length, unsigned int flags)");
  const poll = libc.func("int poll(void *fds, unsigned long count, int timeout)");
  const eventfd = libc.func("int eventfd(unsigned int initial, int flags)");
  const socket = libc.func("int socket(int domain, int type, int protocol)");
  const sendto = libc.func("long sendto(int fd, void *payload, size_t length, int flags, void *address, unsigned int addressLength)");
  const close = libc.func("int close(int fd)");
  // EWOULDBLOCK and EAGAIN are one number on Linux; the last entry of a map stays, so EAGAIN goes last.
  const names = new Map([...Object.entries(osConstants.errno), ["EAGAIN", osConstants.errno.EAGAIN] as const].map(([name, number]) => [number, name]));
  const errno = (): string => names.get(koffi.errno()) ?? `errno ${koffi.errno()}`;

  return {
    getrandomNonblock() {
      return getrandom(Buffer.alloc(1), 1, GRND_NONBLOCK) === 1 ? null : errno();
    },
    async poll(watched) {
      const fds = Buffer.alloc(watched.length * pollfdBytes);
      watched.forEach(({ fd, events }, index) => {
        fds.writeInt32LE(fd, index * pollfdBytes);
        fds.writeInt16LE(events, index * pollfdBytes + 4);
      });
      await onWorker(poll, fds, watched.length, -1);
      return watched.map((_, index) => fds.readInt16LE(index * pollfdBytes + 6));
    },
    eventfd() {
      const fd: number = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
      return fd < 0 ? null : fd;
    },
    sendDatagram(address, payload) {
      const fd: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      if (fd < 0) return errno();
      const bytes = Buffer.from(payload);
      const name = Buffer.from(address.startsWith("@") ? `\0${address.slice(1)}` : address);
      const sockaddr = Buffer.concat([Buffer.of(AF_UNIX, 0), name]);
      const sent: number = sendto(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, sockaddr, sockaddr.length);
      const failure = sent === bytes.length ? null : errno();
      close(fd);
      return failure;
    },
  };
}

function onWorker(call: ForeignFunction, ...values: readonly unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    call.async(...values, (error: Error | null | undefined, result: number) => {
      if (error === null || error === undefined) resolve(result);
      else reject(error);
    });
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
