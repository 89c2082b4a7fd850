import { fs } from "./builtins.ts";
import type { Koffi, SharedLibrary } from "./foreign/koffi.ts";

/** What Node's own API lacks of AF_UNIX sockets: datagrams, and who is at the other end. */
export interface UnixSockets {
  /** The user at the other end of a connected AF_UNIX socket, SO_PEERCRED of unix(7); null where there is none. */
  peerUser(fd: number): number | null;
  /**
   * One datagram to an AF_UNIX socket, never waiting. Returns null when sent, else the errno name. `@` starts an
   * abstract name.
   */
  sendDatagram(address: string, payload: string | Uint8Array): string | null;
  /**
   * The same for what no datagram holds (EMSGSIZE): an empty one with a sealed memfd that holds the payload,
   * memfd_create(2).
   */
  sendSealed(address: string, payload: Uint8Array): string | null;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SO_PEERCRED = 17;
/** struct ucred: pid, uid, gid. */
const ucredBytes = 12;
const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
/** F_SEAL_SEAL, _SHRINK, _GROW and _WRITE: a process that maps it can rely on its content. */
const everySeal = 0xf;
/** struct cmsghdr and one descriptor, with CMSG_ALIGN's padding. */
const controlBytes = 24;

/** `errno`: the name of the last call's. */
export function bindUnixSockets(koffi: Koffi, libc: SharedLibrary, errno: () => string): UnixSockets {
  const socket = libc.func("int socket(int domain, int type, int protocol)");
  const sendto = libc.func(
    "long sendto(int fd, void *payload, size_t length, int flags, void *address, unsigned int addressLength)",
  );
  const getsockopt = libc.func("int getsockopt(int fd, int level, int name, void *value, void *length)");
  const close = libc.func("int close(int fd)");
  const messageType = koffi.struct({
    name: "void *",
    nameLength: "uint32_t",
    vectors: "void *",
    vectorCount: "size_t",
    control: "void *",
    controlLength: "size_t",
    flags: "int",
  });
  const sendmsg = libc.func("sendmsg", "long", ["int", koffi.pointer(messageType), "int"]);
  const memfdCreate = libc.func("int memfd_create(const char *name, unsigned int flags)");
  const fcntl = libc.func("int fcntl(int fd, int command, ...)");
  /** Sends by a socket of its own, which is closed again: `send` gives less than `length` where it failed. */
  const sendBySocket = (
    address: string,
    length: number,
    send: (fd: number, sockaddr: Buffer) => number,
  ): string | null => {
    const fd: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno();
    const sent = send(fd, socketAddress(address));
    const failure = sent === length ? null : errno();
    close(fd);
    return failure;
  };

  return {
    peerUser(fd) {
      const [credentials, length] = [Buffer.alloc(ucredBytes), Buffer.alloc(4)];
      length.writeUInt32LE(ucredBytes);
      return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length) === 0 ? credentials.readUInt32LE(4) : null;
    },
    sendDatagram(address, payload) {
      const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
      return sendBySocket(address, bytes.length, (fd, sockaddr) =>
        sendto(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, sockaddr, sockaddr.length),
      );
    },
    sendSealed(address, payload) {
      const memfd: number = memfdCreate("crngwatch", MFD_CLOEXEC | MFD_ALLOW_SEALING);
      if (memfd < 0) return errno();
      try {
        for (let written = 0; written < payload.length;) written += fs.writeSync(memfd, payload, written);
        if (fcntl(memfd, F_ADD_SEALS, "int", everySeal) !== 0) return errno();
        const control = Buffer.alloc(controlBytes);
        control.writeBigUInt64LE(20n, 0);
        control.writeInt32LE(SOL_SOCKET, 8);
        control.writeInt32LE(SCM_RIGHTS, 12);
        control.writeInt32LE(memfd, 16);
        return sendBySocket(address, 0, (fd, name) =>
          sendmsg(
            fd,
            {
              name,
              nameLength: name.length,
              vectors: null,
              vectorCount: 0,
              control,
              controlLength: controlBytes,
              flags: 0,
            },
            MSG_DONTWAIT | MSG_NOSIGNAL,
          ),
        );
      } catch (error) {
        // No memory for it.
        return (error as NodeJS.ErrnoException).code ?? String(error);
      } finally {
        close(memfd);
      }
    },
  };
}

/** struct sockaddr_un, as long as its path. */
function socketAddress(address: string): Buffer {
  return Buffer.concat([
    Buffer.of(AF_UNIX, 0),
    Buffer.from(address.startsWith("@") ? `\0${address.slice(1)}` : address),
  ]);
}
