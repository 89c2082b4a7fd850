import type { Socket } from "node:net";
import { net } from "../platform/builtins.ts";
import { Connection, type ConnectionLimits, type CutReason } from "./connection.ts";
import { mostRequestBytes } from "./framing.ts";
import { listenOn, type Listen } from "./listen.ts";
import type { Service } from "./service.ts";

export interface Limits extends ConnectionLimits {
  /** Clients at once; the next one is closed as soon as it connects. */
  readonly clients: number;
  /** Of those, connections of one user, except root: for one more, the one that has been silent longest is ended. */
  readonly clientsOfUser: number;
  /** Replies in bytes that all clients together have not read: for one more, those who hold the oldest are cut off. */
  readonly unreadBytes: number;
}

export const defaultLimits: Limits = {
  clients: 64,
  clientsOfUser: 16,
  unreadBytes: 32 * 1024 * 1024,
  requestBytes: mostRequestBytes,
  replyBytes: 1024 * 1024,
  silenceMs: 30_000,
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
  /** With the user of each, and when it last sent something, in the order of that. */
  const connections = new Map<Connection, number | null>();

  const events = {
    cut: (reason: CutReason) => {
      counters[counterOf[reason]] += 1;
    },
    writing(bytes: number, to: Connection): void {
      let unread = bytes;
      for (const { unreadBytes } of connections.keys()) unread += unreadBytes;
      // In the order in which they connected. A client that reads has nothing here.
      for (const other of connections.keys()) {
        if (unread <= limits.unreadBytes) return;
        if (other === to || other.unreadBytes === 0) continue;
        unread -= other.unreadBytes;
        // It is closed a little later, and holds nothing by then.
        connections.delete(other);
        other.cut("unread");
      }
    },
    methodFailed: (method: string, cause: unknown) => onProblem({ kind: "method-failed", method, cause }),
  };
  const accept = (socket: Socket): void => {
    counters.accepted += 1;
    const connection = new Connection(socket, service, limits, events);
    const user = userOf(descriptorOf(socket));
    connections.set(connection, user);
    socket.on("data", () => {
      // Moved to the end: who has been silent longest stands in front.
      if (connections.delete(connection)) connections.set(connection, user);
    });
    if (user !== null && user !== 0) {
      const own = [...connections].filter(([, other]) => other === user);
      if (own.length > limits.clientsOfUser) own[0]?.[0].cut("crowded");
    }
    socket.on("close", () => connections.delete(connection));
  };

  const server = net.createServer({ allowHalfOpen: true }, accept);
  server.maxConnections = limits.clients;
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
      return connections.size;
    },
    counters: () => ({ ...counters }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections.keys()) connection.close();
        connections.clear();
      }),
  };
}

/** Node has no public name for it; -1 where there is none. */
function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd ?? -1;
}
