import type { Call, VarlinkInterface } from "../../src/varlink/interface.ts";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { VarlinkError } from "../../src/varlink/errors.ts";
import { isBool, isInt, isString, nullable } from "../../src/varlink/parameters.ts";
import { serveVarlink, type Limits, type Problem, type VarlinkServer } from "../../src/varlink/server.ts";
import { createService, type Service } from "../../src/varlink/service.ts";

/** A path for a socket in a folder of its own, removed after the test. */
export function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "varlink-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "socket");
}

const DESCRIPTION = `# Methods for tests
interface org.example.bench

# Answers with what it got
method Echo(text: string, count: ?int, loud: ?bool) -> (text: string)

# Answers after some milliseconds
method Later(text: string, milliseconds: int) -> (text: string)

# The number now, and each new one
# [Supports 'more' flag]
method Watch() -> (number: int)

# Each new number
# [Requires 'more' flag]
method Follow() -> (number: int)

method Large(bytes: int) -> (text: string)
method Refuse() -> ()
method Break() -> ()
method BreakLater() -> ()
method Cycle() -> ()
# [Requires 'more' flag]
method BreakOnceGone() -> ()
method Twice() -> (number: int)
method Continue() -> (number: int)
method Silent() -> ()
method Planned() -> ()

error Refused (reason: string)
`;

export interface Bench {
  readonly path: string;
  readonly server: VarlinkServer;
  readonly problems: Problem[];
  /** Calls of Watch and Follow that are live. */
  readonly watchers: Set<Call>;
  /** Sends a number to all of them. */
  readonly publish: (number: number) => void;
}

export function benchInterface(watchers: Set<Call>): VarlinkInterface {
  const watch = (call: Call): void => {
    watchers.add(call);
    call.signal.addEventListener("abort", () => watchers.delete(call));
  };
  return {
    name: "org.example.bench",
    description: DESCRIPTION,
    methods: [
      {
        name: "Echo",
        parameters: { text: isString, count: nullable(isInt), loud: nullable(isBool) },
        streaming: "no",
        call: (parameters, call) => void call.reply(parameters),
      },
      {
        name: "Later",
        parameters: { text: isString, milliseconds: isInt },
        streaming: "no",
        async call(parameters, call) {
          await sleep(Number(parameters["milliseconds"]));
          call.reply({ text: parameters["text"] });
        },
      },
      {
        name: "Watch",
        parameters: {},
        streaming: "optional",
        call(_parameters, call) {
          if (call.reply({ number: 0 }, { continues: call.more }) && call.more) {
            watch(call);
          }
        },
      },
      { name: "Follow", parameters: {}, streaming: "required", call: (_parameters, call) => watch(call) },
      {
        name: "Large",
        parameters: { bytes: isInt },
        streaming: "no",
        call: (parameters, call) => void call.reply({ text: "x".repeat(Number(parameters["bytes"])) }),
      },
      {
        name: "Refuse",
        parameters: {},
        streaming: "no",
        call() {
          throw new VarlinkError("org.example.bench.Refused", { reason: "asked to" });
        },
      },
      {
        name: "Break",
        parameters: {},
        streaming: "no",
        call() {
          throw new TypeError("broken");
        },
      },
      {
        name: "BreakLater",
        parameters: {},
        streaming: "no",
        async call() {
          await sleep(1);
          throw new TypeError("broken later");
        },
      },
      {
        name: "BreakOnceGone",
        parameters: {},
        streaming: "required",
        async call(_parameters, call) {
          watch(call);
          await until(() => call.signal.aborted);
          throw new TypeError("broken once gone");
        },
      },
      {
        name: "Cycle",
        parameters: {},
        streaming: "no",
        call(_parameters, call) {
          const cycle: Record<string, unknown> = {};
          cycle["self"] = cycle;
          call.reply(cycle);
        },
      },
      {
        name: "Twice",
        parameters: {},
        streaming: "no",
        call(_parameters, call) {
          call.reply({ number: 1 });
          call.reply({ number: 2 });
        },
      },
      {
        name: "Continue",
        parameters: {},
        streaming: "optional",
        call: (_parameters, call) => void call.reply({ number: 1 }, { continues: true }),
      },
      { name: "Silent", parameters: {}, streaming: "no", call: () => undefined },
    ],
  };
}

export function benchService(watchers: Set<Call> = new Set()): Service {
  const info = { vendor: "Example", product: "Bench", version: "1", url: "https://example.org/" };
  return createService(info, [benchInterface(watchers)]);
}

/** A server with the methods above, closed after the test. */
export async function startBench(limits: Partial<Limits> = {}, path: string = socketPath()): Promise<Bench> {
  const watchers = new Set<Call>();
  const problems: Problem[] = [];
  const server = await serveVarlink({
    listen: { path },
    service: benchService(watchers),
    limits,
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => server.close());
  const publish = (number: number): void => {
    for (const call of watchers) {
      call.reply({ number }, { continues: true });
    }
  };
  return { path, server, problems, watchers, publish };
}

/** Leaves a socket at this path as a service does that was killed. */
export async function leaveStaleSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(`${path}.first`, resolve);
  });
  renameSync(`${path}.first`, path);
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

/** A client that sends what it is given, byte for byte. */
export class RawClient {
  readonly socket: Socket;
  /** What came, split at NULs; the last entry is what has no NUL yet. */
  received = "";
  errorCode: string | undefined;
  readonly closed: Promise<void>;

  constructor(path: string) {
    this.socket = connect({ path, allowHalfOpen: true });
    this.socket.on("data", (chunk: Buffer) => {
      this.received += chunk.toString();
    });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code;
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("end", () => this.socket.end());
      this.socket.on("close", () => resolve());
    });
    onTestFinished(() => void this.socket.destroy());
  }

  send(...messages: (object | string | Buffer)[]): this {
    for (const message of messages) {
      this.socket.write(
        typeof message === "string" || Buffer.isBuffer(message) ? message : `${JSON.stringify(message)}\0`,
      );
    }
    return this;
  }

  get replies(): unknown[] {
    return this.received
      .split("\0")
      .slice(0, -1)
      .map((text): unknown => JSON.parse(text));
  }

  /** Waits until there are that many replies. */
  async reply(count = 1): Promise<unknown[]> {
    await until(() => this.received.split("\0").length > count);
    return this.replies;
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Polls a condition; fails after 10 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new Error("Waited 10 s in vain");
    }
    await sleep(2);
  }
}

export const GET_INFO = { method: "org.varlink.service.GetInfo" };
export const echo = (text: string): object => ({ method: "org.example.bench.Echo", parameters: { text } });
export const WATCH = { method: "org.example.bench.Watch", more: true };
