import type { Socket } from "node:net";
import { net } from "./net.ts";
import { Clients, type Shares } from "./clients.ts";
import { Connection, type ConnectionLimits, type CutReason } from "./connection.ts";
import { mostRequestBytes } from "./framing.ts";
import { listenOn, type Listen } from "./listen.ts";
import type { Service } from "./service.ts";

export type Limits = ConnectionLimits & Shares;

export const defaultLimits: Limits = {
  clients: 64,
  clientsOfUser: 16,
  unreadBytes: 32 * 1024 * 1024,
  requestBytes: mostRequestBytes,
  replyBytes: 1024 * 1024,
  silenceMilliseconds: 30_000,
};

/** A fault of the service itself; what clients do wrong is only counted, since they could fill the log with it. */
export type Problem =
  | { readonly kind: "method-failed"; readonly method: string; readonly cause: unknown }
  | { readonly kind: "accept-failed"; readonly cause: unknown };

export interface Counters {
  /** Clients taken. */
  readonly accepted: number;
  /** Clients turned away because there were too many. */
  readonly refused: number;
  /** Clients cut off because they kept silent, did not read, or queued too many requests. */
  readonly dropped: number;
  /** Clients cut off because what they sent is not Varlink, or is too large. */
  readonly protocolErrors: number;
}

export interface VarlinkServer {
  /** Clients connected now. */
  readonly clients: number;
  counters(): Counters;
  /** Stops listening, removes the socket's path if it made it, and closes all clients; resolves when all is closed. */
  close(): Promise<void>;
}

const counterOf: Readonly<Record<CutReason, "dropped" | "protocolErrors">> = {
  malformed: "protocolErrors",
  silent: "dropped",
  unread: "dropped",
  queue: "dropped",
  crowded: "dropped",
};

/**
 * Serves Varlink on a Unix stream socket. While no client is connected it runs no timer, so an idle service makes no
 * system call. Rejects with `VarlinkListenFailed`.
 */
export async function serveVarlink(options: {
  readonly listen: Listen;
  readonly service: Service;
  readonly limits?: Partial<Limits>;
  readonly onProblem: (problem: Problem) => void;
  /** The user at the other end of a connected socket, by its descriptor; null where that is not known. */
  readonly userOf?: (fd: number) => number | null;
}): Promise<VarlinkServer> {
  const { service, onProblem, userOf = () => null } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const counters = { accepted: 0, refused: 0, dropped: 0, protocolErrors: 0 };
  const clients = new Clients(limits);

  const events = {
    cut: (reason: CutReason) => {
      counters[counterOf[reason]] += 1;
    },
    writing(bytes: number, to: Connection): void {
      clients.makeRoom(bytes, to);
      if (to.unreadBytes === 0) clients.active(to);
    },
    methodFailed: (method: string, cause: unknown) => onProblem({ kind: "method-failed", method, cause }),
  };
  const accept = (socket: Socket): void => {
    const user = userOf(descriptorOf(socket));
    if (!clients.makesPlace(user)) {
      counters.refused += 1;
      socket.destroy();
      return;
    }
    counters.accepted += 1;
    const connection = new Connection(socket, service, limits, events);
    clients.add(connection, user);
    socket.on("data", () => clients.active(connection));
    socket.on("close", () => clients.remove(connection));
  };

  const server = net.createServer({ allowHalfOpen: true }, accept);
  // Those that made way are closed only when the event loop comes round.
  server.maxConnections = limits.clients * 2;
  server.on("drop", () => {
    counters.refused += 1;
  });
  let listening = false;
  server.on("error", (cause) => {
    if (listening) {
      onProblem({ kind: "accept-failed", cause });
    }
  });
  await listenOn(server, options.listen);
  listening = true;

  return {
    get clients() {
      return clients.size;
    },
    counters: () => ({ ...counters }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of clients.all()) {
          clients.remove(connection);
          connection.close();
        }
      }),
  };
}

/** Node has no public name for it; -1 where there is none. */
function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd ?? -1;
}
