import { existsSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { serveVarlink, type VarlinkServer } from "../../src/varlink/server.ts";
import {
  benchService,
  echo,
  GET_INFO,
  RawClient,
  sleep,
  leaveStaleSocket,
  socketPath,
  startBench,
  until,
  WATCH,
} from "./bench.ts";

const later = (text: string, milliseconds: number): object => ({
  method: "org.example.bench.Later",
  parameters: { text, milliseconds },
});
const text = (value: string): object => ({ parameters: { text: value } });
const number = (value: number): object => ({ parameters: { number: value }, continues: true });

describe("serveVarlink", () => {
  it("answers requests that come at once in their order", async () => {
    const { path } = await startBench();
    const client = new RawClient(path).send(later("slow", 30), echo("quick"), later("slow again", 10), echo("last"));
    expect(await client.reply(4)).toEqual([text("slow"), text("quick"), text("slow again"), text("last")]);
  });

  it("answers a request that comes in pieces", async () => {
    const { path } = await startBench();
    const client = new RawClient(path);
    for (const byte of Buffer.from(`${JSON.stringify(echo("ä€𝄞"))}\0`)) {
      client.send(Buffer.of(byte));
      await sleep(0);
    }
    expect(await client.reply()).toEqual([text("ä€𝄞")]);
  });

  it("answers thousands of pipelined requests", async () => {
    const { path } = await startBench();
    const texts = Array.from({ length: 5000 }, (_, index) => `request ${index}`);
    const client = new RawClient(path).send(...texts.map(echo));
    expect(await client.reply(texts.length)).toEqual(texts.map(text));
  });

  it("does not answer a oneway call, whatever becomes of it", async () => {
    const { path, server, problems } = await startBench();
    const client = new RawClient(path);
    client.send({ ...echo("a"), oneway: true }, { method: "Nonsense", oneway: true });
    client.send({ ...later("b", 5), oneway: true }, { method: "org.example.bench.Refuse", oneway: true });
    client.send({ method: "org.example.bench.Silent", oneway: true }, echo("c"));
    expect(await client.reply()).toEqual([text("c")]);
    expect(problems).toEqual([]);
    expect(server.counters()).toEqual({ accepted: 1, refused: 0, dropped: 0, protocolErrors: 0 });
  });

  it("answers with the error that a method throws", async () => {
    const { path } = await startBench();
    const client = new RawClient(path).send(
      { method: "org.example.bench.Refuse" },
      { method: "org.example.bench.Follow" },
    );
    expect(await client.reply(2)).toEqual([
      { error: "org.example.bench.Refused", parameters: { reason: "asked to" } },
      { error: "org.varlink.service.ExpectedMore" },
    ]);
  });

  it("streams to those who ask for more, and answers what they send meanwhile afterwards", async () => {
    const { path, watchers, publish } = await startBench();
    const first = new RawClient(path).send(WATCH, echo("after"));
    const second = new RawClient(path).send(WATCH);
    await until(() => watchers.size === 2);
    publish(1);
    publish(2);
    expect(await first.reply(3)).toEqual([number(0), number(1), number(2)]);
    expect(await second.reply(3)).toEqual([number(0), number(1), number(2)]);
    for (const call of watchers) {
      call.reply({ number: 3 });
    }
    expect(watchers.size).toBe(0);
    expect(await first.reply(5)).toEqual([
      number(0),
      number(1),
      number(2),
      { parameters: { number: 3 } },
      text("after"),
    ]);
  });

  it("notifies a stream's method when its client goes", async () => {
    const { path, server, watchers } = await startBench();
    const client = new RawClient(path).send(WATCH);
    await client.reply();
    const [call] = watchers;
    client.socket.destroy();
    await until(() => watchers.size === 0 && server.clients === 0);
    expect(call?.signal.aborted).toBe(true);
    expect(call?.reply({ number: 1 }, { continues: true })).toBe(false);
    expect(server.counters().dropped).toBe(0);
  });

  it("answers a client that has closed its side, but ends its stream", async () => {
    const { path, server, watchers } = await startBench();
    const asking = new RawClient(path).send(later("slow", 20), echo("b"));
    asking.socket.end();
    const watching = new RawClient(path).send(GET_INFO, WATCH);
    watching.socket.end();
    await Promise.all([asking.closed, watching.closed]);
    expect(asking.replies).toEqual([text("slow"), text("b")]);
    expect(watching.replies).toHaveLength(2);
    expect(watchers.size).toBe(0);
    await until(() => server.clients === 0);
  });

  it("sends all of a large reply to a client that reads late", async () => {
    const { path } = await startBench();
    const client = new RawClient(path);
    client.socket.pause();
    client.send({ method: "org.example.bench.Large", parameters: { bytes: 8_000_000 } }, echo("after"));
    await sleep(50);
    client.socket.resume();
    await client.reply(2);
    expect(client.received.length).toBeGreaterThan(8_000_000);
    expect(client.replies[1]).toEqual(text("after"));
  });

  it.each(["Break", "BreakLater", "Cycle", "Continue", "Twice"])("hangs up and says so when %s fails", async (name) => {
    const { path, server, problems } = await startBench();
    const client = new RawClient(path).send({ method: `org.example.bench.${name}` });
    await client.closed;
    expect(client.replies).toEqual(name === "Twice" ? [{ parameters: { number: 1 } }] : []);
    const method = `org.example.bench.${name}`;
    expect(problems).toEqual([{ kind: "method-failed", method, cause: expect.any(Error) }]);
    expect(server.counters()).toMatchObject({ dropped: 0, protocolErrors: 0 });
  });

  it("does not report a method that fails after its client has gone", async () => {
    const { path, problems, watchers } = await startBench();
    const client = new RawClient(path).send({ method: "org.example.bench.BreakOnceGone", more: true });
    await until(() => watchers.size === 1);
    client.socket.destroy();
    await until(() => watchers.size === 0);
    await sleep(20);
    expect(problems).toEqual([]);
  });

  it("refuses a reply that no client would read", async () => {
    const { path, problems } = await startBench();
    const client = new RawClient(path).send({ method: "org.example.bench.Large", parameters: { bytes: 17_000_000 } });
    await client.closed;
    expect(client.received).toBe("");
    expect(problems).toHaveLength(1);
  });

  it("closes all clients and removes its socket when it stops", async () => {
    const { path, server, watchers } = await startBench();
    const idle = new RawClient(path);
    const watching = new RawClient(path).send(WATCH);
    await watching.reply();
    const [call] = watchers;
    await server.close();
    await Promise.all([idle.closed, watching.closed]);
    expect(call?.signal.aborted).toBe(true);
    expect(server.clients).toBe(0);
    expect(existsSync(path)).toBe(false);
    await server.close();
  });
});

function serve(path: string, mode?: number): Promise<VarlinkServer> {
  const listen = mode === undefined ? { path } : { path, mode };
  return serveVarlink({ listen, service: benchService(), onProblem: () => undefined });
}

describe("listening", () => {
  it("sets the permissions of its socket", async () => {
    const path = socketPath();
    const open = await serve(path);
    expect(statSync(path).mode & 0o777).toBe(0o666);
    await open.close();
    const closed = await serve(path, 0o600);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await closed.close();
  });

  it("leaves a socket alone that another process serves", async () => {
    const { path } = await startBench();
    await expect(serve(path)).rejects.toMatchObject({ name: "VarlinkListenFailed", kind: "in-use" });
    expect(await new RawClient(path).send(echo("still here")).reply()).toEqual([text("still here")]);
  });

  it("replaces a socket that no process serves any more", async () => {
    const path = socketPath();
    await leaveStaleSocket(path);
    const server = await serve(path);
    onTestFinished(() => server.close());
    expect(await new RawClient(path).send(echo("new")).reply()).toEqual([text("new")]);
  });

  it("leaves alone what is not a socket", async () => {
    const path = socketPath();
    writeFileSync(path, "precious");
    await expect(serve(path)).rejects.toMatchObject({
      kind: "failed",
      message: expect.stringContaining("not a socket"),
    });
    expect(existsSync(path)).toBe(true);
  });

  it.each([
    ["a folder that is missing", "/nonexistent/socket", "folder does not exist"],
    ["a path that is too long", `/tmp/${"x".repeat(200)}`, "at most 107 bytes"],
  ])("says that it cannot listen on %s", async (_name, path, message) => {
    await expect(serve(path)).rejects.toMatchObject({
      name: "VarlinkListenFailed",
      kind: "failed",
      message: expect.stringContaining(message),
    });
  });

  it.each([0x7fff_fff0, 1_000_000])("says that descriptor %i is no socket", async (fd) => {
    await expect(
      serveVarlink({ listen: { fd }, service: benchService(), onProblem: () => undefined }),
    ).rejects.toMatchObject({
      name: "VarlinkListenFailed",
      kind: "failed",
    });
  });
});
