import { createServer, connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadLibc } from "../../src/platform/libc.ts";
import type { Call } from "../../src/varlink/interface.ts";
import { type Limits, serveVarlink, type VarlinkServer } from "../../src/varlink/server.ts";
import { echo, RawClient, socketPath, until } from "./bench.ts";

interface Fair {
  readonly path: string;
  readonly server: VarlinkServer;
  /** The texts that were asked for, in the order of the answers. */
  readonly order: string[];
  /** Calls for "watch…", which stay open. */
  readonly watching: Call[];
}

/**
 * A service that answers a text with itself, and a number with so many letters; `users` are those of its clients in
 * turn.
 */
async function start(limits: Partial<Limits> = {}, users: (number | null)[] = []): Promise<Fair> {
  const path = socketPath();
  const [order, watching]: [string[], Call[]] = [[], []];
  const server = await serveVarlink({
    listen: { path },
    service: {
      invoke({ parameters }, call) {
        const text = String(parameters["text"]);
        order.push(text);
        if (text.startsWith("watch")) {
          watching.push(call);
          return void call.reply({ text }, { continues: true });
        }
        call.reply({ text: /^\d+$/.test(text) ? "x".repeat(Number(text)) : text });
      },
    },
    limits,
    userOf: () => users.shift() ?? null,
    onProblem: ({ cause }) => expect(cause).toBeUndefined(),
  });
  onTestFinished(() => server.close());
  return { path, server, order, watching };
}

async function connected(path: string, name: string): Promise<RawClient> {
  const client = new RawClient(path).send({ ...echo(name), more: true });
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

  it("is not limited where it is root, or where that is unknown", async () => {
    const { path, server } = await start({ clientsOfUser: 1 }, [0, 0, null, null]);
    for (const name of ["a", "b", "c", "d"]) await connected(path, name);
    expect(server.clients).toBe(4);
  });
});

describe("a client that watches", () => {
  it("is not silent while it is sent something and reads it; the one that is sent nothing makes way", async () => {
    const { path, server, watching } = await start({ clientsOfUser: 3 }, [1000, 1000, 1000, 1000]);
    const live = await connected(path, "watch live");
    const idle = await connected(path, "watch idle");
    await connected(path, "other");
    watching[0]?.reply({ text: "news" }, { continues: true });
    await live.reply(2);
    const last = await connected(path, "last");
    await idle.closed;
    watching[0]?.reply({ text: "more news" }, { continues: true });
    await live.reply(3);
    await last.send(echo("well")).reply(2);
    expect(server.counters()).toMatchObject({ accepted: 4, refused: 0, dropped: 1 });
  });

  it("is silent where it reads nothing of what it is sent", async () => {
    const { path, server, watching } = await start({ clientsOfUser: 2 }, [1000, 1000, 1000]);
    const deaf = await connected(path, "watch deaf");
    deaf.socket.pause();
    // More than the kernel holds for it.
    watching[0]?.reply({ text: "x".repeat(600_000) }, { continues: true });
    const other = await connected(path, "other");
    watching[0]?.reply({ text: "news" }, { continues: true });
    const last = await connected(path, "last");
    await until(() => server.clients === 2);
    for (const client of [other, last]) await client.send(echo("well")).reply(2);
  });
});

describe("when all connections are in use", () => {
  it("a user with fewer connections than another one gets a place of that one's", async () => {
    const { path, server } = await start({ clients: 4, clientsOfUser: 3 }, [0, 1000, 1000, 1000, 1001]);
    const root = await connected(path, "root");
    const first = await connected(path, "first");
    const others = [await connected(path, "second"), await connected(path, "third")];
    const newcomer = await connected(path, "newcomer");
    await first.closed;
    for (const client of [root, ...others, newcomer]) await client.send(echo("well")).reply(2);
    expect(server.counters()).toMatchObject({ accepted: 5, refused: 0, dropped: 1 });
  });

  it("root, too, loses the connection that has been silent longest to the next one", async () => {
    const { path, server } = await start({ clients: 2 }, [0, 0, 0]);
    const first = await connected(path, "first");
    const second = await connected(path, "second");
    const third = await connected(path, "third");
    await first.closed;
    for (const client of [second, third]) await client.send(echo("well")).reply(2);
    expect(server.clients).toBe(2);
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

it("a reply that is the memory's last is made room for by the user who holds most, not by one who reads slowly", async () => {
  const bytes = 2_000_000;
  const { path, server } = await start({ unreadBytes: 5_000_000 }, [1000, 1001, 1001, 1001, 1001]);
  const slow = await connected(path, "slow");
  slow.socket.pause();
  slow.send(echo(String(bytes)));
  const greedy = await Promise.all(["a", "b", "c", "d"].map((name) => connected(path, name)));
  for (const client of greedy) {
    client.socket.pause();
    client.send(echo(String(bytes)));
  }
  await until(() => server.counters().dropped === 3);
  slow.socket.resume();
  await slow.reply(2);
  expect(slow.received.length).toBeGreaterThan(bytes);
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
