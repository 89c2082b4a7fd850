import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { bootInterfaceName } from "../../../src/exporters/boot-interface-name.ts";
import { callVarlink } from "../../../src/varlink/client.ts";
import { temporaryFolder } from "../host/host-folder.ts";
import { program } from "./program.ts";
import { until } from "./until.ts";

export interface Daemon {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Its --state-dir. */
  readonly folder: string;
  readonly socket: string;
  /** What it has printed until now. */
  readonly output: () => string;
  /** Resolves to its exit code, or to the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

export interface DaemonOptions {
  /** Default: a folder of its own. */
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly words?: readonly string[];
  /** A program that ends in starting the one that its arguments name. */
  readonly starter?: readonly string[];
}

/** Starts the shipped daemon; it is killed after the test. */
export function spawnDaemon({
  folder = temporaryFolder(),
  environment = {},
  words = [],
  starter = [],
}: DaemonOptions = {}): Daemon {
  const command = [...starter, program, "daemon", "--state-dir", folder, ...words];
  const {
    NOTIFY_SOCKET: _notify,
    WATCHDOG_USEC: _watchdog,
    JOURNAL_STREAM: _journal,
    LISTEN_PID: _pid,
    LISTEN_FDS: _fds,
    ...inherited
  } = process.env;
  const child = spawn(command[0] ?? "", command.slice(1), {
    env: { ...inherited, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const ended = once(child, "close").then(([code, signal]: (number | string | null)[]) => code ?? signal ?? null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, pid: child.pid ?? -1, folder, socket: join(folder, bootInterfaceName), output: () => output, ended };
}

/** Starts it and waits until it answers. */
export async function startDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  const daemon = spawnDaemon(options);
  await untilAnswering(daemon);
  return daemon;
}

/** Waits until the daemon answers on its socket; fails with what it printed where it ends before. */
export async function untilAnswering(daemon: Daemon, socket = daemon.socket): Promise<void> {
  await until(
    () => `the daemon to answer; it printed: ${daemon.output()}`,
    async () => {
      if (daemon.child.exitCode !== null)
        throw new Error(`The daemon ended with ${daemon.child.exitCode}: ${daemon.output()}`);
      const { pid } = await callVarlink(socket, `${bootInterfaceName}.GetDaemon`);
      return pid === daemon.pid;
    },
  );
}

/** The record that the daemon serves. */
export async function recordOf({ socket }: Pick<Daemon, "socket">): Promise<BootRecord> {
  const { record } = await callVarlink(socket, `${bootInterfaceName}.GetRecord`);
  return record as BootRecord;
}

/** Stops it in order; resolves to its exit code. */
export async function stopDaemon({ child, ended }: Daemon): Promise<number | string | null> {
  child.kill("SIGTERM");
  return await ended;
}

/** Kills it as the kernel would, at once. */
export async function killDaemon({ child, ended }: Daemon): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

/** Resident memory in bytes. */
export function residentBytes({ pid }: Daemon): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
