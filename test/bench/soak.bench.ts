import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { bootInterfaceName } from "../../src/exporters/boot-interface-name.ts";
import { callVarlink } from "../../src/varlink/client.ts";
import { spinning } from "../support/inputs/kernel-stacks.ts";
import { plainEnvironment, printFigure } from "./side-by-side.ts";

/** What is replayed: a day of a host, in so many rounds, after which memory is measured. */
const day = { records: 40_000, units: 2_000, waiters: 200, scrapes: 1_000, clients: 500 } as const;
const rounds = 20;
/** V8 takes memory as it needs it in the first rounds; a leak shows in the rounds after them. */
const warmUp = 8;

const folder = mkdtempSync(join(tmpdir(), "crngwatch-soak-"));
const socket = join(folder, bootInterfaceName);
const fifo = join(folder, "kmsg");
let daemon: ChildProcess;
let log: number;
let seq = 0;

beforeAll(async () => {
  const cwd = resolve(import.meta.dirname, "../..");
  const bundle = await rolldown({
    cwd,
    input: join(cwd, "test/bench/soak-daemon.ts"),
    platform: "node",
    external: [/^node:/, "koffi", /^pino/],
    logLevel: "warn",
  });
  // Beside the packages that stay outside.
  const program = join(mkdtempSync(join(cwd, "node_modules/.soak-")), "daemon.mjs");
  await bundle.write({ file: program, format: "esm", codeSplitting: false });
  execFileSync("mkfifo", [fifo]);
  log = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  writeFileSync(join(folder, "unready"), "");
  for (let task = 0; task < day.waiters; task++) begin(5000 + task);
  // As bin/crngwatch starts it.
  daemon = spawn(
    process.execPath,
    ["--jitless", "--max-semi-space-size=1", "--no-memory-reducer", program, folder, "3"],
    {
      stdio: ["ignore", "ignore", "inherit", log],
      env: plainEnvironment,
    },
  );
  while (!existsSync(socket)) await sleep(50);
  rmSync(resolve(program, ".."), { recursive: true });
});

afterAll(async () => {
  daemon.kill("SIGKILL");
  await once(daemon, "exit");
  rmSync(folder, { recursive: true });
});

/** A task that waits. */
function begin(pid: number): void {
  for (const place of [join(folder, `proc/${pid}`), join(folder, `proc/${pid}/task/${pid}`)]) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "stack"), spinning);
    const rest = "1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4420 0 0";
    writeFileSync(join(place, "stat"), `${pid} (waiter${pid}) S ${rest}\n`);
    writeFileSync(join(place, "comm"), `waiter${pid}\n`);
  }
}

/** Writes a record as /dev/kmsg gives it; waits while the daemon has still to read. */
async function print(facility: number, text: string): Promise<void> {
  const record = Buffer.from(`${facility * 8 + 6},${seq},${process.hrtime.bigint() / 1000n},-;${text}\n`);
  seq++;
  for (;;) {
    try {
      writeSync(log, record);
      return;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EAGAIN") throw error;
      await sleep(2);
    }
  }
}

async function recordNow(): Promise<BootRecord> {
  return (await callVarlink(socket, `${bootInterfaceName}.GetRecord`))["record"] as BootRecord;
}

/** Connects, requests changes or sends nothing, and disconnects. */
async function reconnect(client: number): Promise<void> {
  const connection = connect({ path: socket });
  connection.on("error", () => connection.destroy()).resume();
  await once(connection, "connect");
  if (client % 2 === 0) connection.write(`{"method":"${bootInterfaceName}.Watch","more":true}\0`);
  if (client % 6 === 0) await once(connection, "data").catch(() => undefined);
  connection.destroy();
}

async function round(): Promise<void> {
  for (let record = 0; record < day.records / rounds; record++)
    await print(0, `usb 1-${record}: new high-speed USB device number ${record} using xhci_hcd`);
  for (let unit = 0; unit < day.units / rounds; unit++) await print(3, `systemd[1]: Started unit-${seq}.service.`);
  for (let reseed = 0; reseed < 2; reseed++) await print(0, "random: crng reseeded on system resumption");
  for (let scrape = 0; scrape < day.scrapes / rounds; scrape++) await recordNow();
  for (let client = 0; client < day.clients / rounds; client++) await reconnect(client);
}

function residentKib(): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${daemon.pid}/status`, "utf8"))?.[1]);
}

function descriptors(): number {
  return readdirSync(`/proc/${daemon.pid}/fd`).length;
}

/** How much the values rise from one to the next, by least squares. */
function slope(values: readonly number[]): number {
  const [middle, mean] = [(values.length - 1) / 2, values.reduce((sum, one) => sum + one, 0) / values.length];
  const over = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  return over / values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
}

describe(`a day of a host, replayed fast, Node ${process.version}`, () => {
  it(`${day.waiters} tasks that wait, until the CRNG is ready`, async () => {
    const began = performance.now();
    while ((await recordNow()).waits.length < day.waiters) await sleep(100);
    printFigure("until all waiters are seen", `${((performance.now() - began) / 1000).toFixed(1)} s`, "-");
    rmSync(join(folder, "unready"));
    rmSync(join(folder, "proc"), { recursive: true });
    await print(0, "random: crng init done");
    while ((await recordNow()).waits.some(({ to, ended }) => to === null && ended === null)) await sleep(100);
  });

  it(`${day.records} records, ${day.units} units, ${day.scrapes} scrapes, ${day.clients} clients`, async () => {
    const seen: { readonly memory: number; readonly open: number }[] = [];
    for (let count = 0; count < rounds; count++) {
      await round();
      await sleep(1000);
      seen.push({ memory: residentKib(), open: descriptors() });
    }
    const last = seen.slice(warmUp);
    const [memory, open] = [slope(last.map((one) => one.memory)), slope(last.map((one) => one.open))];
    printFigure("memory, first and last", `${seen[0]?.memory} KiB, ${seen.at(-1)?.memory} KiB`, "-");
    printFigure("memory, slope", `${(memory * rounds).toFixed(0)} KiB a day`, "0");
    printFigure("descriptors, first and last", `${seen[0]?.open}, ${seen.at(-1)?.open}`, "-");
    printFigure("descriptors, slope", `${(open * rounds).toFixed(1)} a day`, "0");
  });
});
