import { createServer, connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadLibc } from "../../src/platform/libc.ts";
import { type Limits, serveVarlink, type VarlinkServer } from "../../src/varlink/server.ts";
import { echo, RawClient, socketPath, until } from "./bench.ts";

interface Fair {
  readonly path: string;
  readonly server: VarlinkServer;
  /** The texts that were asked for, in the order of the answers. */
  readonly order: string[];
}

/** A service that answers a text with itself, and a number with so many letters; `users` are those of its clients in turn. */
async function start(limits: Partial<Limits> = {}, users: (number | null)[] = []): Promise<Fair> {
  const path = socketPath();
  const order: string[] = [];
  const server = await serveVarlink({
    listen: { path },
    service: {
      invoke({ parameters }, call) {
        const text = String(parameters["text"]);
        order.push(text);
        call.reply({ text: /^\d+$/.test(text) ? "x".repeat(Number(text)) : text });
      },
    },
    limits,
    userOf: () => users.shift() ?? null,
    onProblem: ({ cause }) => expect(cause).toBeUndefined(),
  });
  onTestFinished(() => server.close());
  return { path, server, order };
}

async function connected(path: string, name: string): Promise<RawClient> {
  const client = new RawClient(path).send(echo(name));
  await client.reply();
  return client;
}

describe("a client that sends many requests at once", () => {
  it("delays another client's answer by one of its own, not by all of them", async () => {
    const { path, order } = await start();
    const [greedy, honest] = [await connected(path, "first"), await connected(path, "second")];
    const many = 600;
    greedy.send(Array.from({ length: many }, () => `${JSON.stringify(echo("more"))}\0`).join(""));
    honest.send(echo("honest"));
    await Promise.all([honest.reply(2), greedy.reply(many + 1)]);
    expect(order).toHaveLength(many + 3);
    expect(order.indexOf("honest")).toBeLessThan(50);
  });
});

describe("a user with many connections", () => {
  it("has a share: for one more, the one that has been silent longest is ended, and no other user's", async () => {
    const { path, server } = await start({ clientsOfUser: 2 }, [1000, 1000, 33, 1000]);
    const first = await connected(path, "first");
    const second = await connected(path, "second");
    const other = await connected(path, "other");
    await first.send(echo("still here")).reply(2);
    const last = await connected(path, "last");
    await second.closed;
    for (const [index, client] of [first, other, last].entries())
      await client.send(echo("well")).reply([3, 2, 2][index]);
    expect(server.clients).toBe(3);
    expect(server.counters()).toMatchObject({ accepted: 4, refused: 0, dropped: 1 });
  });

  it("is not limited where it is root, or where nobody knows", async () => {
    const { path, server } = await start({ clientsOfUser: 1 }, [0, 0, null, null]);
    for (const name of ["a", "b", "c", "d"]) await connected(path, name);
    expect(server.clients).toBe(4);
  });
});

describe("clients that read none of their replies", () => {
  it("hold no more together than the bound, the reply to be written included; one that reads is served", async () => {
    const bytes = 2_000_000;
    const { path, server } = await start({ unreadBytes: 5_000_000 });
    const deaf = await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => connected(path, name)));
    for (const client of deaf) {
      client.socket.pause();
      client.send(echo(String(bytes)));
    }
    await until(() => server.counters().dropped === 4);
    const reader = await connected(path, "reader");
    await reader.send(echo(String(bytes))).reply(2);
    expect(reader.received.length).toBeGreaterThan(bytes);
    expect(server.clients).toBeGreaterThanOrEqual(2);
  });
});

it("peerUser: who is at the other end of a socket, as the kernel knows it", async () => {
  const libc = loadLibc();
  if (typeof libc === "string") throw new Error(libc);
  const path = socketPath();
  const accepted = new Promise<Socket>((resolve) => {
    const server = createServer(resolve).listen(path, () => {
      const client = connect(path);
      onTestFinished(() => void client.destroy());
    });
    onTestFinished(() => void server.close());
  });
  const { _handle: handle } = (await accepted) as Socket & { readonly _handle: { readonly fd: number } };
  expect(libc.peerUser(handle.fd)).toBe(process.geteuid?.());
  expect(libc.peerUser(-1)).toBeNull();
  (await accepted).destroy();
});
