import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Diagnosed } from "../../../src/core/boot-record.ts";
import { bootInterfaceName } from "../../../src/exporters/boot-interface-name.ts";
import { bootInterface } from "../../../src/exporters/boot-interface.ts";
import { serveVarlink } from "../../../src/varlink/server.ts";
import { createService } from "../../../src/varlink/service.ts";
import { program } from "./program.ts";
import { freePort } from "./prometheus.ts";

export interface MetricsService {
  readonly port: number;
  readonly child: ChildProcess;
  /** Resolves to its exit code, or to the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  readonly stop: () => Promise<void>;
}

/**
 * systemd's own stand-in for itself: listens, and becomes the service when a client connects. `starter` ends in
 * starting what its arguments name.
 */
export async function startMetricsService({
  socket,
  idle = 60,
  starter = [],
}: {
  readonly socket: string;
  readonly idle?: number;
  readonly starter?: readonly string[];
}): Promise<MetricsService> {
  const port = await freePort();
  const words = [
    "-l",
    `127.0.0.1:${port}`,
    ...starter,
    program,
    "serve-metrics",
    "--socket",
    socket,
    "--idle",
    String(idle),
  ];
  const child = spawn("systemd-socket-activate", words, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit").then(([code, signal]: (number | string | null)[]) => code ?? signal ?? null);
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("Listening on")) resolve();
    });
    child.once("error", reject);
  });
  return { port, child, ended, stop };
}

/** A daemon that serves this record, in the folder; its socket. */
export async function serveRecord(
  folder: string,
  record: () => Diagnosed,
): Promise<{ readonly socket: string; readonly stop: () => Promise<void> }> {
  const socket = join(folder, bootInterfaceName);
  const answers = {
    record,
    verdict: () => "",
    readiness: () => "",
    status: () => "",
    subscribe: () => () => undefined,
  };
  const service = createService({ vendor: "", product: "", version: "", url: "" }, [bootInterface(answers)]);
  const server = await serveVarlink({
    listen: { path: socket },
    service,
    onProblem: ({ cause }) => {
      throw cause;
    },
  });
  return { socket, stop: () => server.close() };
}

/** The same as startMetricsService(), stopped after the test. */
export async function metricsServiceOfTest(
  options: Parameters<typeof startMetricsService>[0],
): Promise<MetricsService> {
  const service = await startMetricsService(options);
  onTestFinished(service.stop);
  return service;
}
