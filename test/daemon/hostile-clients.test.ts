import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { bootInterfaceName } from "../../src/exporters/boot-interface-name.ts";
import { streamVarlink } from "../../src/varlink/client.ts";
import {
  type Daemon,
  type DaemonOptions,
  recordOf,
  residentBytes,
  startDaemon,
  stopDaemon,
  untilAnswering,
} from "../support/running/daemon.ts";
import { pause, until } from "../support/running/until.ts";
import { crngwatch } from "../support/running/program.ts";
import { folderWithRecord } from "../support/records/saved-state.ts";
import { bounds, type BootRecord } from "../../src/core/boot-record.ts";
import { mostRecordBytes } from "../../src/exporters/bounded-record.ts";
import { wait } from "../support/records/evidence-of.ts";

const mostGrowth = 20 * 2 ** 20;

/** A client of the daemon that may do anything, and is closed after the test. */
async function clientOf({ socket }: Daemon): Promise<Socket> {
  const client = connect({ path: socket });
  // Being cut off is what such a client gets.
  client.on("error", () => client.destroy()).resume();
  onTestFinished(() => void client.destroy());
  await either(client, "connect");
  return client;
}

/** Waits for the event, or for the end. */
function either(client: Socket, event: "connect" | "drain"): Promise<void> {
  return new Promise((resolve) => {
    client.once(event, () => resolve()).once("close", () => resolve());
  });
}

/** Sends until it is cut off, `bytes` at most; resolves to what was taken from it. */
async function flood(client: Socket, chunk: Buffer, bytes: number): Promise<number> {
  for (let sent = 0; sent < bytes && !client.destroyed; sent += chunk.length) {
    if (!client.write(chunk)) await either(client, "drain");
  }
  client.end();
  while (!client.closed) await pause(5);
  return client.bytesWritten;
}

/** Lets clients loose on a daemon; afterwards it must answer a good one, and not have grown. */
async function expectUnmoved(
  hostile: (daemon: Daemon) => Promise<void>,
  options: DaemonOptions = {},
  growth = mostGrowth,
): Promise<void> {
  const daemon = await startDaemon(options);
  // What a first answer and a first rubbish collection cost is not the hostile clients'.
  for (let index = 0; index < 20; index++) await recordOf(daemon);
  const before = residentBytes(daemon);
  await hostile(daemon);
  await untilAnswering(daemon);
  expect((await recordOf(daemon)).kernel.release).not.toBeNull();
  expect(residentBytes(daemon) - before).toBeLessThan(growth);
  expect(await stopDaemon(daemon)).toBe(0);
}

it("random bytes from hundreds of clients do no harm", async () => {
  await expectUnmoved(async (daemon) => {
    const chunks = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 4_000, size: "max" }), {
      numRuns: 200,
      seed: 20_180_516,
    });
    for (let round = 0; round < 10; round++) {
      const bytes = chunks.slice(round * 20, round * 20 + 20).map((chunk) => Buffer.from(chunk));
      await Promise.all(bytes.map(async (chunk) => flood(await clientOf(daemon), chunk, chunk.length)));
    }
  });
});

it("100 MB without an end are not buffered", async () => {
  await expectUnmoved(async (daemon) => {
    const most = 100 * 2 ** 20;
    expect(await flood(await clientOf(daemon), Buffer.alloc(2 ** 20, "x"), most)).toBeLessThan(most);
    expect(await flood(await clientOf(daemon), Buffer.from(`{"method":"${"a".repeat(2 ** 20)}`), most)).toBeLessThan(
      most,
    );
  });
});

it("100 MB of good requests whose answers are not read are not kept", async () => {
  await expectUnmoved(async (daemon) => {
    const request = Buffer.from(`${JSON.stringify({ method: `${bootInterfaceName}.GetRecord` })}\0`.repeat(1000));
    const client = connect({ path: daemon.socket });
    client.on("error", () => client.destroy()).pause();
    onTestFinished(() => void client.destroy());
    let written = 0;
    while (written < 100 * 2 ** 20 && client.writableLength < 2 ** 20 && !client.destroyed) {
      client.write(request);
      written += request.length;
      await pause(5);
    }
    expect(written).toBeLessThan(100 * 2 ** 20);
  });
});

it("200 clients that say nothing do not delay a status", async () => {
  await expectUnmoved(async (daemon) => {
    const clients = await Promise.all(Array.from({ length: 200 }, async () => clientOf(daemon)));
    // A full daemon refuses further clients; status then observes the host itself, and reports that.
    const { code, stdout, stderr } = await crngwatch(["status", "--socket", daemon.socket]);
    expect([0, 3, 4]).toContain(code);
    expect(stdout).toMatch(/^CRNG /m);
    expect(stderr).toMatch(/^(?:crngwatch: [^\n]+, continuing without the daemon\n)?$/);
    for (const client of clients) client.destroy();
  });
});

it("200 clients that watch and leave leave nothing behind", async () => {
  await expectUnmoved(async (daemon) => {
    const leaving = Array.from({ length: 200 }, () => new AbortController());
    let answered = 0;
    const watching = leaving.map(async (leave) => {
      try {
        await streamVarlink(
          daemon.socket,
          `${bootInterfaceName}.Watch`,
          {},
          {
            signal: leave.signal,
            onReply() {
              answered++;
            },
          },
        );
      } catch {
        // More than the daemon serves at a time: turned away is an answer as well.
        answered++;
      }
    });
    await until(
      () => `200 answers, there are ${answered}`,
      () => answered >= leaving.length,
    );
    for (const leave of leaving) leave.abort();
    await Promise.all(watching);
  });
});

/** As many waits as a record has, of tasks that chose the longest and most expensive texts for themselves. */
function hostileRecord(): Partial<BootRecord> {
  const waits = Array.from({ length: bounds.waits }, (_, index) => {
    const { wait: usual } = wait(index + 1, 0.5, { pid: 1000 + index, to: index + 1.5 });
    return { ...usual, commandLine: "\u0001".repeat(4096), exe: `/${"\u0002".repeat(4000)}` };
  });
  return { waits };
}

it("64 clients that read none of their largest records leave the daemon within its unit's MemoryMax=", async () => {
  const unit = readFileSync(new URL("../../systemd/crngwatch.service", import.meta.url), "utf8");
  const most = Number(/^MemoryMax=(\d+)M$/m.exec(unit)?.[1]) * 2 ** 20;
  expect(most).toBeGreaterThan(0);
  await expectUnmoved(
    async (daemon) => {
      expect(Buffer.byteLength(JSON.stringify(await recordOf(daemon)))).toBeLessThanOrEqual(mostRecordBytes);
      const request = `${JSON.stringify({ method: `${bootInterfaceName}.GetRecord` })}\0`;
      const clients = await Promise.all(
        Array.from({ length: 64 }, async () => {
          const client = connect({ path: daemon.socket });
          client.on("error", () => client.destroy()).pause();
          onTestFinished(() => void client.destroy());
          await either(client, "connect");
          client.write(request.repeat(4));
          return client;
        }),
      );
      for (let look = 0; look < 5; look++) {
        await recordOf(daemon);
        expect(residentBytes(daemon)).toBeLessThan(most);
      }
      for (const client of clients) client.destroy();
    },
    { folder: folderWithRecord(hostileRecord()) },
    64 * 2 ** 20,
  );
});
