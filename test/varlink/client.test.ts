import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { callVarlink, streamVarlink } from "../../src/varlink/client.ts";
import { GET_INFO, leaveStaleSocket, sleep, RawClient, socketPath, startBench, until } from "./bench.ts";

const WATCH = "org.example.bench.Watch";

/** A service that does what it is asked with each client. */
async function startFake(serve: (socket: Socket) => void): Promise<string> {
  const path = socketPath();
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    onTestFinished(() => void socket.destroy());
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  onTestFinished(() => void server.close());
  return path;
}

const failure = (kind: string) => expect.objectContaining({ name: "VarlinkCallFailed", kind });

describe("callVarlink", () => {
  it("resolves to the parameters of the reply", async () => {
    const { path } = await startBench();
    expect(await callVarlink(path, "org.example.bench.Echo", { text: "a" })).toEqual({ text: "a" });
    const large = await callVarlink(path, "org.example.bench.Large", { bytes: 4_000_000 });
    expect(large["text"]).toHaveLength(4_000_000);
  });

  it("rejects with the error that the service answers", async () => {
    const { path } = await startBench();
    await expect(callVarlink(path, "org.example.bench.Refuse")).rejects.toMatchObject({
      name: "VarlinkError",
      id: "org.example.bench.Refused",
      parameters: { reason: "asked to" },
    });
  });

  it("reports that the service is not running", async () => {
    const path = socketPath();
    await expect(callVarlink(path, "a.b.C")).rejects.toEqual(failure("not-running"));
    writeFileSync(path, "");
    await expect(callVarlink(path, "a.b.C")).rejects.toEqual(failure("not-running"));
    const stale = socketPath();
    await leaveStaleSocket(stale);
    await expect(callVarlink(stale, "a.b.C")).rejects.toEqual(failure("not-running"));
  });

  it("reports that it is denied", async () => {
    const folder = join(dirname(socketPath()), "closed");
    mkdirSync(folder);
    const { path } = await startBench({}, join(folder, "socket"));
    chmodSync(path, 0);
    const root = process.getuid?.() === 0;
    if (root) {
      chmodSync(dirname(folder), 0o755);
      process.seteuid?.(65_534);
    }
    try {
      await expect(callVarlink(path, "a.b.C")).rejects.toEqual(failure("denied"));
    } finally {
      if (root) {
        process.seteuid?.(0);
      }
    }
  });

  it("reports that the service turned it away, or went before it answered", async () => {
    const full = await startBench({ clients: 1 });
    await new RawClient(full.path).send(GET_INFO).reply();
    await expect(callVarlink(full.path, "org.varlink.service.GetInfo")).rejects.toEqual(failure("closed"));
    const leaving = await startFake((socket) => socket.once("data", () => socket.end('{"parameters":')));
    await expect(callVarlink(leaving, "a.b.C")).rejects.toEqual(failure("closed"));
  });

  it("waits no longer than its time limit, even if bytes keep coming", async () => {
    const silent = await startFake(() => undefined);
    await expect(callVarlink(silent, "a.b.C", {}, { timeoutMilliseconds: 30 })).rejects.toEqual(failure("timed-out"));
    const slow = await startFake((socket) => {
      const timer = setInterval(() => socket.write(" "), 5);
      socket.on("close", () => clearInterval(timer));
    });
    await expect(callVarlink(slow, "a.b.C", {}, { timeoutMilliseconds: 60 })).rejects.toEqual(failure("timed-out"));
  });

  it.each([
    ["nothing", ""],
    ["an array", "[]"],
    ["no JSON", "nonsense"],
    ["an error that is no string", '{"error":1}'],
    ["the promise of more", '{"continues":true}'],
    ["an unknown member", '{"surprise":1}'],
    ["deep nesting", "[".repeat(100_000)],
  ])("refuses an answer that is %s", async (_name, answer) => {
    const path = await startFake((socket) => socket.once("data", () => socket.write(`${answer}\0`)));
    await expect(callVarlink(path, "a.b.C")).rejects.toEqual(failure("bad-answer"));
  });

  it("reads no more than its limit of bytes", async () => {
    const flooding = await startFake((socket) => {
      const flood = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, "x"))) {
          // Until the kernel's buffer is full.
        }
      };
      socket.on("drain", flood).once("data", flood);
    });
    await expect(callVarlink(flooding, "a.b.C", {}, { maxBytes: 1_000_000 })).rejects.toEqual(failure("bad-answer"));
  });

  it("says in one line whom it could not ask and why", async () => {
    const path = socketPath();
    await expect(callVarlink(path, "a.b.C")).rejects.toThrow(`Cannot ask '${path}': ENOENT`);
  });
});

describe("streamVarlink", () => {
  it("hands over each reply and resolves after the last", async () => {
    const { path, watchers, publish } = await startBench();
    const seen: unknown[] = [];
    const stream = streamVarlink(
      path,
      WATCH,
      {},
      { onReply: (parameters, continues) => seen.push([parameters, continues]) },
    );
    await until(() => watchers.size === 1);
    publish(1);
    for (const call of watchers) {
      call.reply({ number: 2 });
    }
    await stream;
    expect(seen).toEqual([
      [{ number: 0 }, true],
      [{ number: 1 }, true],
      [{ number: 2 }, false],
    ]);
  });

  it("ends when its signal aborts, and the service notices", async () => {
    const { path, watchers, publish } = await startBench();
    const controller = new AbortController();
    const seen: unknown[] = [];
    const onReply = (parameters: object): void => {
      seen.push(parameters);
      if (seen.length === 2) {
        controller.abort();
      }
    };
    const stream = streamVarlink(path, WATCH, {}, { signal: controller.signal, onReply });
    await until(() => watchers.size === 1);
    publish(1);
    publish(2);
    publish(3);
    await stream;
    expect(seen).toEqual([{ number: 0 }, { number: 1 }]);
    await until(() => watchers.size === 0);
    await streamVarlink("/nonexistent", WATCH, {}, { signal: controller.signal, onReply });
  });

  it("limits the wait for the first reply, and not for later ones", async () => {
    const { path } = await startBench();
    const ignore = { onReply: () => undefined, timeoutMilliseconds: 30 };
    await expect(streamVarlink(path, "org.example.bench.Follow", {}, ignore)).rejects.toEqual(failure("timed-out"));
    const controller = new AbortController();
    const stream = streamVarlink(path, WATCH, {}, { ...ignore, signal: controller.signal });
    await sleep(80);
    controller.abort();
    await stream;
  });

  it("rejects when the service stops, or the taker fails", async () => {
    const { path, server, watchers } = await startBench();
    const stopped = streamVarlink(path, WATCH, {}, { onReply: () => undefined });
    const broken = streamVarlink(
      path,
      WATCH,
      {},
      {
        onReply: () => {
          throw new Error("taker");
        },
      },
    );
    await expect(broken).rejects.toThrow("taker");
    await until(() => watchers.size === 1);
    await Promise.all([expect(stopped).rejects.toEqual(failure("closed")), server.close()]);
  });
});
