import { connect } from "node:net";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callVarlink } from "../../src/varlink/client.ts";
import { echo, GET_INFO, RawClient, sleep, startBench, until, WATCH, type Bench } from "./bench.ts";

/** The service answers others as if nothing had happened. */
async function expectAnswers({ path }: Bench): Promise<void> {
  expect(await callVarlink(path, "org.example.bench.Echo", { text: "well" }, { timeoutMilliseconds: 1000 })).toEqual({
    text: "well",
  });
}

function invalid(parameter: string): object {
  return { error: "org.varlink.service.InvalidParameter", parameters: { parameter } };
}

/** Bytes that a client gets rid of before it is cut off, at most one gigabyte. */
async function flood(path: string, chunk: Buffer): Promise<number> {
  const socket = connect({ path });
  let written = 0;
  const write = (): void => {
    while (!socket.destroyed && written < 2 ** 30) {
      written += chunk.length;
      if (!socket.write(chunk)) {
        return;
      }
    }
    socket.destroy();
  };
  socket.on("connect", write).on("drain", write);
  await new Promise<void>((resolve) => {
    socket.on("error", () => socket.destroy()).on("close", () => resolve());
  });
  return written;
}

describe("a client that does not speak Varlink", () => {
  it.each([
    ["NULs", Buffer.alloc(1000)],
    ["text", Buffer.from("GET / HTTP/1.1\r\n\r\n\0")],
    ["a string", Buffer.from('"org.varlink.service.GetInfo"\0')],
    ["deep nesting", Buffer.from(`${"[".repeat(50_000)}\0`)],
    ["deep nesting that is closed", Buffer.from(`${"[".repeat(30_000)}${"]".repeat(30_000)}\0`)],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0x22, 0])],
    ["two flags", Buffer.from('{"method":"a.b.C","more":true,"oneway":true}\0')],
    ["an unknown member", Buffer.from('{"method":"a.b.C","hurry":true}\0')],
    ["more than a request's bytes", Buffer.from(`{"method":"${"x".repeat(70_000)}"}\0`)],
    ["more than a request's bytes without end", Buffer.alloc(70_000, "x")],
  ])("is cut off without an answer after %s", async (_name, bytes) => {
    const bench = await startBench();
    const client = new RawClient(bench.path).send(bytes);
    await client.closed;
    expect(client.received).toBe("");
    expect(bench.server.counters()).toEqual({ accepted: 1, refused: 0, dropped: 0, protocolErrors: 1 });
    await expectAnswers(bench);
    expect(bench.problems).toEqual([]);
  });

  it("still gets the answers to its earlier calls", async () => {
    const { path } = await startBench();
    const client = new RawClient(path).send(echo("before"), "nonsense\0", echo("after"));
    await client.closed;
    expect(client.replies).toEqual([{ parameters: { text: "before" } }]);
  });

  it("does no harm with random bytes", async () => {
    const bench = await startBench();
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, async (random) => {
        const client = new RawClient(bench.path).send(Buffer.from(random));
        client.socket.end();
        await client.closed;
        expect(client.received).toBe("");
      }),
    );
    await expectAnswers(bench);
  });

  it("gets an answer to whatever parameters it makes up", async () => {
    const bench = await startBench();
    const client = new RawClient(bench.path);
    const parameters = [
      '{"text":"a","__proto__":{"polluted":true}}',
      '{"text":"a","count":1e999}',
      '{"text":"a","count":123456789012345678901234567890}',
      `{"text":"a","deep":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
      '{"text":"a","text":"b"}',
      '{"text":"\\u0000\\ud800"}',
    ];
    for (const text of parameters) {
      client.send(`{"method":"org.example.bench.Echo","parameters":${text}}\0`);
    }
    expect(await client.reply(6)).toEqual([
      invalid("__proto__"),
      invalid("count"),
      invalid("count"),
      invalid("deep"),
      { parameters: { text: "b" } },
      // Systemd's JSON has neither, and would refuse the whole reply.
      { parameters: { text: "\ufffd\ufffd" } },
    ]);
    expect("polluted" in {}).toBe(false);
  });
});

describe("a client that sends too much", () => {
  it("is cut off long before it has sent a gigabyte, and costs no memory", async () => {
    const bench = await startBench();
    const chunk = Buffer.alloc(1 << 20, "x");
    const before = process.memoryUsage().arrayBuffers;
    const written = await flood(bench.path, chunk);
    expect(written).toBeLessThan(16 * chunk.length);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * chunk.length);
    await until(() => bench.server.counters().protocolErrors === 1);
    await expectAnswers(bench);
  });

  it("is cut off if it floods a connection that streams", async () => {
    const bench = await startBench();
    const watching = new RawClient(bench.path).send(WATCH);
    await watching.reply();
    watching.send(Buffer.alloc(200_000, "x"));
    await watching.closed;
    expect(bench.watchers.size).toBe(0);
    expect(bench.server.counters()).toMatchObject({ dropped: 1, protocolErrors: 0 });
  });

  it("waits if it floods a connection with a call that is not answered yet", async () => {
    const bench = await startBench({ requestBytes: 1000 });
    const later = { method: "org.example.bench.Later", parameters: { text: "slow", milliseconds: 100 } };
    const texts = Array.from({ length: 10_000 }, (_, index) => `request ${index}`.padEnd(100));
    const client = new RawClient(bench.path).send(later, ...texts.map(echo));
    await sleep(30);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    await expectAnswers(bench);
    expect(await client.reply(texts.length + 1)).toHaveLength(texts.length + 1);
  });
});

describe("a client that keeps the service waiting", () => {
  it("is dropped if it sends nothing", async () => {
    const bench = await startBench({ silenceMilliseconds: 50 });
    await new RawClient(bench.path).closed;
    expect(bench.server.counters()).toMatchObject({ accepted: 1, dropped: 1 });
  });

  it("is dropped if it sends a request byte by byte", async () => {
    const bench = await startBench({ silenceMilliseconds: 80 });
    const client = new RawClient(bench.path);
    const timer = setInterval(() => client.socket.write("{"), 5);
    await client.closed;
    clearInterval(timer);
    expect(bench.server.counters()).toMatchObject({ dropped: 1, protocolErrors: 0 });
  });

  it("is kept as long as it keeps asking", async () => {
    const bench = await startBench({ silenceMilliseconds: 1000 });
    const client = new RawClient(bench.path);
    for (let count = 1; count <= 5; count += 1) {
      await sleep(300);
      await client.send(GET_INFO).reply(count);
    }
    expect(bench.server.counters()).toMatchObject({ dropped: 0 });
  });

  it("has the whole time for a request from its first byte", async () => {
    const bench = await startBench({ silenceMilliseconds: 1000 });
    const client = new RawClient(bench.path);
    await sleep(600);
    client.send('{"method":"org.varlink.');
    await sleep(600);
    expect(await client.send('service.GetInfo"}\0').reply()).toHaveLength(1);
  });

  it("has the whole time for a request after a reply that took it long to read", async () => {
    const bench = await startBench({ silenceMilliseconds: 1000 });
    const client = new RawClient(bench.path);
    client.socket.pause();
    client.send({ method: "org.example.bench.Large", parameters: { bytes: 4_000_000 } });
    await sleep(600);
    client.socket.resume();
    await client.reply();
    await sleep(600);
    expect(await client.send(GET_INFO).reply(2)).toHaveLength(2);
  });

  it("is kept while it has a stream, and dropped some time after that ended", async () => {
    const bench = await startBench({ silenceMilliseconds: 50 });
    const client = new RawClient(bench.path).send(WATCH);
    await client.reply();
    await sleep(150);
    expect(bench.server.clients).toBe(1);
    for (const call of bench.watchers) {
      call.reply({ number: 1 });
    }
    await client.closed;
    expect(bench.server.counters()).toMatchObject({ dropped: 1 });
  });
});

describe("a client that does not read", () => {
  it("is dropped from a stream once too much waits for it", async () => {
    const bench = await startBench({ replyBytes: 10_000 });
    const deaf = new RawClient(bench.path);
    deaf.socket.pause();
    deaf.send(WATCH);
    const listening = new RawClient(bench.path).send(WATCH);
    await until(() => bench.watchers.size === 2);
    let published = 0;
    while (bench.watchers.size === 2 && published < 1_000_000) {
      for (let count = 0; count < 100; count += 1) {
        bench.publish(published);
        published += 1;
      }
      await sleep(0);
    }
    expect(bench.server.counters()).toMatchObject({ dropped: 1 });
    expect(await listening.reply(published + 1)).toHaveLength(published + 1);
    await expectAnswers(bench);
  });

  it("is dropped with its large reply", async () => {
    const bench = await startBench({ silenceMilliseconds: 50 });
    const deaf = new RawClient(bench.path);
    deaf.socket.pause();
    deaf.send({ method: "org.example.bench.Large", parameters: { bytes: 4_000_000 } });
    await until(() => bench.server.counters().dropped === 1);
    await expectAnswers(bench);
  });

  it("gets no more answers than it reads", async () => {
    const bench = await startBench({ silenceMilliseconds: 200 });
    const large = { method: "org.example.bench.Large", parameters: { bytes: 500_000 } };
    const deaf = new RawClient(bench.path);
    deaf.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    deaf.send(...Array.from({ length: 400 }, () => large));
    await sleep(100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
    await expectAnswers(bench);
    await until(() => bench.server.counters().dropped === 1);
  });

  it("is dropped if it has closed its side too", async () => {
    const bench = await startBench({ silenceMilliseconds: 50 });
    const deaf = new RawClient(bench.path);
    deaf.socket.pause();
    deaf.send({ method: "org.example.bench.Large", parameters: { bytes: 4_000_000 } });
    deaf.socket.end();
    await until(() => bench.server.counters().dropped === 1 && bench.server.clients === 0);
  });

  it("is dropped if it has closed its side of a stream", async () => {
    const bench = await startBench({ silenceMilliseconds: 50 });
    const deaf = new RawClient(bench.path);
    deaf.socket.pause();
    deaf.send(WATCH);
    await until(() => bench.watchers.size === 1);
    const sizeOfReply = 45;
    for (let count = 0; count < 500_000 / sizeOfReply; count += 1) {
      bench.publish(count);
    }
    deaf.socket.end();
    await until(() => bench.server.counters().dropped === 1 && bench.server.clients === 0);
  });
});

describe("too many clients", () => {
  it("are refused, and accepted again when others have gone", async () => {
    const bench = await startBench({ clients: 10 });
    const clients = Array.from({ length: 10 }, () => new RawClient(bench.path).send(GET_INFO));
    await Promise.all(clients.map((client) => client.reply()));
    const refused = Array.from({ length: 1000 }, () => new RawClient(bench.path));
    await Promise.all(refused.map((client) => client.closed));
    expect(refused.every((client) => client.received === "")).toBe(true);
    // A full queue of new connections refuses some before the service sees them.
    const seen = refused.filter((client) => client.errorCode !== "EAGAIN").length;
    expect(bench.server.counters()).toEqual({ accepted: 10, refused: seen, dropped: 0, protocolErrors: 0 });
    expect(bench.server.clients).toBe(10);
    clients[0]?.socket.destroy();
    await until(() => bench.server.clients === 9);
    await expectAnswers(bench);
  });
});
