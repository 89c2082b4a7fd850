import type { Socket } from "node:net";
import { net } from "../platform/builtins.ts";
import { Connection, type ConnectionLimits, type CutReason } from "./connection.ts";
import { mostRequestBytes } from "./framing.ts";
import { listenOn, type Listen } from "./listen.ts";
import type { Service } from "./service.ts";

export interface Limits extends ConnectionLimits {
  /** Clients at once; the next one is closed as soon as it connects. */
  readonly clients: number;
}

export const defaultLimits: Limits = {
  clients: 64,
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
}): Promise<VarlinkServer> {
  const { service, onProblem } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const counters = { accepted: 0, refused: 0, dropped: 0, protocolErrors: 0 };
  const connections = new Set<Connection>();

  const events = {
    cut: (reason: CutReason) => {
      counters[counterOf[reason]] += 1;
    },
    methodFailed: (method: string, cause: unknown) => onProblem({ kind: "method-failed", method, cause }),
  };
  const accept = (socket: Socket): void => {
    counters.accepted += 1;
    const connection = new Connection(socket, service, limits, events);
    connections.add(connection);
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
        for (const connection of connections) connection.close();
        connections.clear();
      }),
  };
}
