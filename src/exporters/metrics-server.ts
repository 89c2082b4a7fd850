import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Metered } from "../render/metrics/metric-families.ts";
import { acceptedFormat } from "./accept-header.ts";

/** What a client may cost. */
export const metricsLimits = {
  /** Connections at once on one socket. For the next one, the one that has been idle longest is closed. */
  clients: 16,
  /** The head of a request. Prometheus sends some 300 bytes; a body is never read. */
  headBytes: 8 * 1024,
  /** A request that is not there by then, or an answer that is not read, ends the connection. */
  requestMilliseconds: 5_000,
  /** How often requests are checked for that. */
  checkMilliseconds: 2_500,
  /** A scraper that comes again within this need not connect anew. */
  keepAliveMilliseconds: 65_000,
  /** Requests of one connection, which cannot ask for answers without end and read none. */
  requests: 1_000,
} as const;

/** Why there are no metrics, in words for the client. */
export class NoMetrics extends Error {
  override readonly name = "NoMetrics";
}

export interface MetricsServer {
  /** Stops listening and ends all connections. */
  close(): void;
}

/**
 * Serves /metrics on listening sockets that were passed to it, over HTTP/1.1. `onClient` is called when a client
 * connects, and when a request has been answered. It is Node's own server: a smaller one of ours would save 10 ms of a
 * start and 1 MB, and would have to be as right about HTTP as one that the whole world tests; it loads neither
 * node:crypto nor node:tls. Rejects where a descriptor is no socket that listens.
 */
export async function serveMetrics(options: {
  readonly descriptors: readonly number[];
  readonly meter: () => Promise<Metered>;
  readonly onClient: () => void;
}): Promise<MetricsServer> {
  const { descriptors, meter, onClient } = options;
  const servers = await Promise.all(descriptors.map((fd) => listen(fd, metricsHttp(meter, onClient))));
  return {
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** A server that answers with `meter`'s metrics, and does not listen yet. */
export function metricsHttp(meter: () => Promise<Metered>, onClient: () => void): Server {
  const { createServer } = process.getBuiltinModule("node:http");
  const { clients, headBytes, requestMilliseconds, checkMilliseconds, keepAliveMilliseconds, requests } = metricsLimits;
  const places = placesFor(clients);
  const server = createServer(
    {
      maxHeaderSize: headBytes,
      headersTimeout: requestMilliseconds,
      requestTimeout: requestMilliseconds,
      connectionsCheckingInterval: checkMilliseconds,
      keepAliveTimeout: keepAliveMilliseconds,
    },
    (request, response) => {
      places.busy(request.socket);
      response.once("close", () => places.idle(request.socket));
      response.once("close", onClient);
      void answer(request, response, meter);
    },
  );
  server.on("connection", places.take).on("connection", onClient);
  // Those that made way are closed only when the event loop comes round.
  server.maxConnections = clients * 2;
  server.maxRequestsPerSocket = requests;
  server.timeout = requestMilliseconds;
  return server;
}

function listen(fd: number, server: Server): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ fd }, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

/**
 * Places for connections. A newcomer takes that of the one that has been idle longest: silent connections, which cost
 * nothing to make, then keep no scraper out. One that is being answered keeps its place.
 */
function placesFor(clients: number): Record<"take" | "busy" | "idle", (socket: Socket) => void> {
  const answered = new Set<Socket>();
  /** The connection that has been idle longest is first. */
  const idle = new Set<Socket>();
  return {
    take(socket) {
      if (answered.size + idle.size >= clients) {
        const [longest] = idle;
        if (longest === undefined) return void socket.destroy();
        idle.delete(longest);
        longest.destroy();
      }
      idle.add(socket);
      socket.once("close", () => {
        idle.delete(socket);
        answered.delete(socket);
      });
    },
    busy(socket) {
      if (idle.delete(socket)) answered.add(socket);
    },
    idle(socket) {
      if (answered.delete(socket)) idle.add(socket);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  meter: () => Promise<Metered>,
): Promise<void> {
  // What a client sends after its head is not read, so its connection cannot be used again.
  if (Number(request.headers["content-length"] ?? 0) !== 0 || request.headers["transfer-encoding"] !== undefined)
    response.shouldKeepAlive = false;
  const [path] = (request.url ?? "").split("?", 1);
  if (path !== "/metrics" && path !== "/") return sendLine(response, 404, "Not found: metrics are at /metrics");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return sendLine(response, 405, "Method not allowed: use GET");
  }
  if (path === "/") return sendLine(response, 200, "crngwatch: metrics are at /metrics");
  try {
    const { contentType, render } = acceptedFormat(request.headers.accept ?? "");
    response.setHeader("Vary", "Accept");
    send(response, 200, contentType, render(await meter()));
  } catch (error) {
    // Not 200 with fewer metrics: to a monitoring system this host is not watched, and `up` says so.
    sendLine(response, error instanceof NoMetrics ? 503 : 500, error instanceof Error ? error.message : String(error));
  }
}

function sendLine(response: ServerResponse, status: number, line: string): void {
  send(response, status, "text/plain; charset=utf-8", `${line}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", contentType);
  response.setHeader("Content-Length", Buffer.byteLength(text));
  // No browser takes a name that a host made for anything but text.
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.end(text);
}
