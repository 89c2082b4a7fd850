import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { connectorWithoutLoop } from "../../src/platform/unix-connection.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { compile } from "./compiled.ts";

const compiled = compile();

/** A service at a path of its own, and the client's end and the service's of a connection to it. */
async function connected(object: string) {
  const path = join(temporaryFolder(), "socket");
  const server = createServer().listen(path);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const client = connectorWithoutLoop(object)!(path);
  const [service] = await accepted;
  onTestFinished(() => void service.destroy());
  return { path, client, service };
}

describe.skipIf(compiled.reason !== null)("connectorWithoutLoop", () => {
  if (compiled.reason !== null) return;
  const { object } = compiled;
  const connect = connectorWithoutLoop(object)!;

  it("carries bytes both ways, waits for them, and shows that the other side has gone", async () => {
    const { client, service } = await connected(object);
    const into = Buffer.alloc(16);
    expect(client.read(into)).toBe(null);
    client.wait(1);
    expect(client.read(into)).toBe(null);

    expect(client.write(Buffer.from("asked"))).toBe(5);
    expect(String((await once(service, "data"))[0])).toBe("asked");
    await new Promise((written) => void service.write("answered", written));
    client.wait(10_000);
    expect(client.read(into)).toBe(8);
    expect(into.toString("latin1", 0, 8)).toBe("answered");

    await new Promise<void>((ended) => void service.end(ended));
    client.wait(10_000);
    expect(client.read(into)).toBe(0);
    client.close();
  });

  it("throws the kernel's errno where it cannot connect, and the descriptor is closed", async () => {
    const folder = temporaryFolder();
    const errnoOf = (path: string): unknown => {
      try {
        return connect(path);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    };
    expect(errnoOf(join(folder, "absent"))).toBe("ENOENT");
    writeFileSync(join(folder, "file"), "");
    expect(errnoOf(join(folder, "file"))).toBe("ECONNREFUSED");
    // 107 bytes fit, unix(7); in UTF-8, not in characters.
    expect(errnoOf(join(folder, "é".repeat(108 - folder.length)))).toBe("ENAMETOOLONG");
    const fds = () => Array.from({ length: 64 }, (_, fd) => existsSync(`/proc/self/fd/${fd}`)).filter(Boolean).length;
    const before = fds();
    for (let time = 0; time < 10; time++) errnoOf(join(folder, "file"));
    expect(fds()).toBe(before);
  });

  it("connects to a path of the longest length", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "x".repeat(107 - folder.length - 1));
    const server = createServer().listen(path);
    await once(server, "listening");
    connect(path).close();
    expect(() => connect(`${path}x`)).toThrow("ENAMETOOLONG");
    await new Promise((closed) => void server.close(closed));
  });

  it("does not block on a service whose queue is full: EAGAIN", async () => {
    const path = join(temporaryFolder(), "socket");
    const server = createServer().listen({ path, backlog: 1 });
    await once(server, "listening");
    const held: { close(): void }[] = [];
    // Nothing is accepted while this test does not wait.
    expect(() => {
      for (let time = 0; time < 16; time++) held.push(connect(path));
    }).toThrow("EAGAIN");
    for (const connection of held) connection.close();
    await new Promise((closed) => void server.close(closed));
  });

  it("passes over a wrong argument with an errno, and does not crash", () => {
    const { exports } = loaded(object);
    expect(exports.connectUnix()).toBe(-22);
    expect(exports.connectUnix(7)).toBe(-22);
    expect(exports.waitReadable("x", 1)).toBe(-22);
    expect(exports.waitReadable(0, -1)).toBe(-22);
  });
});

describe("connectorWithoutLoop without the start object", () => {
  it("is null where the program was started without it, and where the file is missing or is none", () => {
    expect(connectorWithoutLoop(null)).toBe(null);
    expect(connectorWithoutLoop("/nonexistent/nonblocking-start.so")).toBe(null);
    const file = join(temporaryFolder(), "nonblocking-start.so");
    writeFileSync(file, "text");
    expect(connectorWithoutLoop(file)).toBe(null);
  });
});

function loaded(object: string) {
  const module = { exports: {} as Record<"connectUnix" | "waitReadable", (...words: unknown[]) => number> };
  process.dlopen(module, object);
  return module;
}
