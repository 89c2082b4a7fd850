import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** One sample of a query's answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [at: number, value: string];
}

/** A real Prometheus on loopback, with its data in a folder of its own. */
export interface Prometheus {
  readonly child: ChildProcess;
  /** The instant vector that a query gives now. Throws with Prometheus' own words where it is no good query. */
  readonly query: (expression: string) => Promise<readonly Series[]>;
  /** The `data` of another call of its API. */
  readonly ask: <T>(path: string) => Promise<T>;
  /** The text of its own metrics. */
  readonly metrics: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Starts Debian's prometheus with this configuration (JSON is YAML) and waits until it is ready, for 60 s at most. */
export async function startPrometheus(configuration: object): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-prometheus-"));
  const file = join(folder, "prometheus.yml");
  writeFileSync(file, JSON.stringify(configuration));
  const port = await freePort();
  const words = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=error",
  ];
  const child = spawn("prometheus", words, { stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const stop = async (): Promise<void> => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const base = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 60_000; !(await isReady(`${base}/-/ready`)); await sleep(50)) {
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`prometheus does not get ready: ${complaints}`);
    }
  }
  const ask = async <T>(path: string): Promise<T> => {
    const answer = (await (await fetch(`${base}${path}`)).json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data: T;
    };
    if (answer.status !== "success") throw new Error(`${decodeURIComponent(path)}: ${answer.error}`);
    return answer.data;
  };
  const query = async (expression: string): Promise<readonly Series[]> =>
    (await ask<{ readonly result: readonly Series[] }>(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result;
  const metrics = async (): Promise<string> => (await fetch(`${base}/metrics`)).text();
  return { child, query, ask, metrics, stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    // fetch() has one error for all that a network can do.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** A port of loopback that is free. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a server on loopback has no port");
  return address.port;
}
