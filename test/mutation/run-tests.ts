import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { Line, Order } from "./order.ts";

/**
 * Processor time of a test with a mutant, beside what it takes without: one that makes a loop endless is killed by
 * this, and a busy machine kills none.
 */
const [spareSeconds, mostTimes] = [15, 4];
const pollMilliseconds = 200;
/** USER_HZ, times(2): 100 on every architecture of today. */
const ticksPerSecond = 100;

/** How a run of tests ended: `limit` where the processor time that it may take was spent, or its memory. */
export type End = "passed" | "failed" | "limit";

/** Runs tests with one mutant from the start, up to the first that fails. */
export async function runWith(
  folder: string,
  mutant: number,
  { files, milliseconds }: { readonly files: Order["files"]; readonly milliseconds: number },
): Promise<End> {
  const { child } = start(folder, `one${mutant}`, { files, always: mutant, alive: [] }, 0);
  const most = spareSeconds + (mostTimes * milliseconds) / 1000;
  let [over, ended] = [false, false];
  const end = new Promise<End>((done) =>
    child.once("close", (code, signal) => {
      ended = true;
      done(over || signal !== null ? "limit" : code === 0 ? "passed" : "failed");
    }),
  );
  while (!ended) {
    await Promise.race([end, after(pollMilliseconds)]);
    if (!ended && processorSeconds(child) > most) over = child.kill("SIGKILL");
  }
  return await end;
}

/** Runs the files, each test also with the mutants of `alive` that it reaches; calls back with all that is found. */
export async function runInPlace(
  folder: string,
  name: string,
  files: readonly string[],
  alive: ReadonlySet<number>,
  mostMilliseconds: number,
  found: (line: Line | { readonly kind: "limit"; readonly mutant: number }) => void,
): Promise<void> {
  let left = files;
  for (let attempt = 0; left.length > 0; attempt++) {
    const order = { files: left.map((file) => ({ file })), always: null, alive: [...alive] };
    const { child, lines } = start(folder, `${name}-${attempt}`, order, mostMilliseconds);
    let [current, begun, most, isOver, ended] = ["", null as number | null, Infinity, false, false];
    const read = (): void => {
      for (const line of lines()) {
        if ("file" in line) {
          current = relative(folder, line.file);
          found({ ...line, file: current });
        } else found(line);
        if (line.kind === "begun") {
          begun = line.mutant;
          most = processorSeconds(child) + spareSeconds + (mostTimes * line.milliseconds) / 1000;
        } else [begun, most] = [null, Infinity];
        // Its process waits to be ended.
        if (line.kind === "killed" && !line.isClean) isOver = child.kill("SIGKILL");
      }
    };
    const end = new Promise<boolean>((done) => child.once("close", (_code, signal) => done(signal !== null)));
    void end.then(() => (ended = true));
    while (!ended) {
      await Promise.race([end, after(pollMilliseconds)]);
      read();
      if (!ended && processorSeconds(child) > most) isOver = child.kill("SIGKILL");
    }
    isOver = (await end) || isOver;
    read();
    if (isOver && begun !== null) found({ kind: "limit", mutant: begun });
    if (!isOver) return;
    // The file in which it ended begins anew, where its mutants are fewer now.
    left = left.slice(Math.max(0, left.indexOf(current)) + (alive.size < order.alive.length ? 0 : 1));
  }
}

function start(
  folder: string,
  name: string,
  order: Omit<Order, "found" | "mostMilliseconds">,
  mostMilliseconds: number,
): { readonly child: ChildProcess; readonly lines: () => readonly Line[] } {
  const [path, found] = [join(folder, `order-${name}.json`), join(folder, `found-${name}.jsonl`)];
  writeFileSync(path, JSON.stringify({ ...order, mostMilliseconds, found } satisfies Order));
  writeFileSync(found, "");
  const words = ["run", "--config", "test/mutation/vitest.config.ts", "--reporter=dot"];
  if (order.always !== null) words.push("--bail=1");
  const child = spawn(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", ...words, ...order.files.map(({ file }) => file)],
    { cwd: folder, stdio: "ignore", env: { ...process.env, MUTATION_ORDER: path } },
  );
  let at = 0;
  let rest = "";
  const lines = (): readonly Line[] => {
    const fd = openSync(found, "r");
    const piece = Buffer.alloc(1 << 20);
    let text = rest;
    for (let bytes = readSync(fd, piece, 0, piece.length, at); bytes > 0;) {
      at += bytes;
      text += piece.toString("latin1", 0, bytes);
      bytes = readSync(fd, piece, 0, piece.length, at);
    }
    closeSync(fd);
    const whole = text.split("\n");
    rest = whole.pop() ?? "";
    return whole.map((line) => JSON.parse(line) as Line);
  };
  return { child, lines };
}

/** proc_pid_stat(5): utime and stime of all its threads. */
function processorSeconds({ pid }: ChildProcess): number {
  const path = `/proc/${pid}/stat`;
  if (pid === undefined || !existsSync(path)) return 0;
  const fields = readFileSync(path, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
