import type { BootRecord } from "../../core/boot-record.ts";
import { bootInterfaceName } from "../../exporters/boot-interface-name.ts";
import { NoMetrics, serveMetrics } from "../../exporters/metrics-server.ts";
import { callVarlink } from "../../varlink/client.ts";
import { VarlinkCallFailed } from "../../varlink/errors.ts";
import { aborted } from "../../platform/aborted.ts";
import type { Metered } from "../../render/metrics/metric-families.ts";
import { socketPath } from "../daemon-client.ts";
import { passedSockets, stopSignal } from "../service.ts";
import { secondsOption } from "../seconds-option.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

/** Shorter than a client may be silent, so that a client gets that answer while the daemon hangs. */
const daemonTimeoutMilliseconds = 3_000;

/** Longer than scrapers usually pause (15 to 60 s), so that a regular scraper starts this once. */
const idleSeconds = 90;

/**
 * `crngwatch serve-metrics`: answers scrapers on the sockets that systemd passes, and exits after no request for a
 * while.
 */
export async function serveMetricsVerb(invocation: InvocationOf<"serve-metrics">): Promise<ExitCode> {
  const descriptors = passedSockets(process.env);
  if (descriptors.length === 0) {
    throw new CommandFailed(
      "No socket was passed to this process: start crngwatch-metrics.socket, or try 'systemd-socket-activate -l 127.0.0.1:19573 crngwatch serve-metrics'",
      exit.usage,
    );
  }
  const patience = secondsOption(invocation, "idle") ?? idleSeconds;
  // Less, and it would end before it has answered the one for whom it was started; systemd would start it again and
  // again.
  if (patience < 1)
    throw new CommandFailed(`Cannot end after ${patience} s without a request: expected 1 or more`, exit.usage);
  const stop = stopSignal(process.env);
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), patience * 1000);
  const server = await serveMetrics({
    descriptors,
    meter: () => meteredByDaemon(socketPath(invocation)),
    onClient: () => void timer.refresh(),
  });
  await aborted(AbortSignal.any([stop, idle.signal]));
  clearTimeout(timer);
  // A connection that comes now stays in the socket's queue, which systemd holds open, and starts the next one of us.
  server.close();
  return exit.ok;
}

/** The daemon's record. No probing of our own here: the sandbox of this service shows too little of the host. */
async function meteredByDaemon(path: string): Promise<Metered> {
  try {
    const { record } = await callVarlink(
      path,
      `${bootInterfaceName}.GetRecord`,
      {},
      { timeoutMilliseconds: daemonTimeoutMilliseconds },
    );
    return { record: record as BootRecord, daemon: true };
  } catch (error) {
    if (error instanceof VarlinkCallFailed)
      throw new NoMetrics(
        error.kind === "not-running" ? "No metrics: crngwatch.service is not running" : error.message,
      );
    throw error;
  }
}
