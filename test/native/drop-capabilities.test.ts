import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { compile, root } from "./compiled.ts";

const compiled = compile();
const reason = compiled.reason ?? (process.geteuid?.() === 0 ? null : "only root has capabilities to drop");
if (reason !== null) console.warn(`crngwatch_drop_capabilities is not tested: ${reason}`);

interface Seen {
  readonly threads: readonly { readonly sets: readonly string[]; readonly blocked: string }[];
}
interface Ran {
  readonly before: Seen;
  readonly answered: number;
  readonly asked: number;
  readonly after: Seen;
  readonly again: number;
  readonly handler: readonly [string, string];
}

/** A Node with threads of every kind: V8's, libuv's, koffi's, and the one that waits for SIGUSR1. */
const script = `
  const fs = require("node:fs");
  const koffi = require("koffi");
  const libc = koffi.load(null);
  const drop = libc.func("long crngwatch_drop_capabilities(void *threads, long count)");
  const poll = libc.func("int poll(void *fds, unsigned long count, int timeout)");
  const tids = () => fs.readdirSync("/proc/self/task");
  const field = (status, name) => new RegExp("^" + name + ":\\\\t(\\\\S+)$", "m").exec(status)[1];
  const seen = () => ({
    threads: tids().map((tid) => {
      const status = fs.readFileSync("/proc/self/task/" + tid + "/status", "utf8");
      return { sets: ["CapInh", "CapPrm", "CapEff", "CapAmb"].map((name) => field(status, name)), blocked: field(status, "SigBlk") };
    }),
  });
  const handled = () => field(fs.readFileSync("/proc/self/status", "utf8"), "SigCgt");
  const others = () => Int32Array.from(tids().map(Number).filter((tid) => tid !== process.pid));
  const polls = new Promise((resolve) => poll.async(null, 0, 1, resolve));
  fs.promises.readFile("/proc/self/stat").then(async () => {
    const [before, handler, asked] = [seen(), handled(), others()];
    const answered = drop(asked, asked.length);
    const after = seen();
    await polls;
    const again = drop(others(), others().length);
    const text = JSON.stringify({ before, answered, asked: asked.length, after, again, handler: [handler, handled()] });
    fs.writeSync(1, text);
    process.exit();
  });
`;

describe.skipIf(reason !== null)("crngwatch_drop_capabilities", () => {
  if (compiled.reason !== null) return;
  const ran = (): Ran =>
    JSON.parse(
      execFileSync(process.execPath, ["-e", script], {
        cwd: root,
        encoding: "utf8",
        env: { PATH: process.env["PATH"], LD_PRELOAD: compiled.object },
      }),
    ) as Ran;
  const none = "0000000000000000";
  const signal33 = 1n << 32n;

  it("removes every capability from every thread, also from one that blocks all signals", () => {
    const { before, answered, asked, after } = ran();
    expect(before.threads.length).toBeGreaterThan(5);
    expect(before.threads.every(({ sets }) => sets[1] !== none)).toBe(true);
    // Node's thread for SIGUSR1: all that can be blocked is, SIGRTMIN and above included.
    const blocks = before.threads.some(({ blocked }) => (BigInt(`0x${blocked}`) & (1n << 40n)) !== 0n);
    expect(blocks).toBe(true);
    expect(answered).toBe(asked);
    expect(after.threads).toHaveLength(before.threads.length);
    expect(new Set(after.threads.flatMap(({ sets }) => sets))).toEqual(new Set([none]));
  });

  it("puts back what handled the signal before, and can be called again", () => {
    const { handler, again, asked } = ran();
    expect(BigInt(`0x${handler[1]}`) & signal33).toBe(BigInt(`0x${handler[0]}`) & signal33);
    expect(again).toBeGreaterThanOrEqual(asked);
  });
});
