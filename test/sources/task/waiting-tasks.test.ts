import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { unknownWait } from "../../../src/core/wait.ts";
import type { Scan } from "../../../src/sources/source.ts";
import { waitingTasks } from "../../../src/sources/task/waiting-tasks.ts";
import { libcAnswering, whyNothingIsDenied } from "../../support/host/host-folder.ts";
import { idle, spinning } from "../../support/inputs/kernel-stacks.ts";
import { type ProcTree, procTree, put } from "../../support/host/proc-tree.ts";

const wait = {
  ...unknownWait,
  pid: 812,
  tid: 812,
  comm: "gpgv",
  startedAt: 47.11,
  parent: { pid: 1, comm: null },
  interface: "getrandom",
  gatheredJitter: true,
  from: 100,
  seenAt: 100,
  evidence: "live",
};

function scanOf({ host }: ProcTree): Scan {
  const scan = waitingTasks.scan?.(host);
  if (scan == null) throw new Error("there is no scan");
  onTestFinished(() => scan.close());
  return scan;
}

describe("the tasks that wait now", () => {
  it("is reported once, by the kernel log's clock", () => {
    const tree = procTree();
    tree.task(812, { stack: spinning, state: "R" });
    const host = { ...tree.host, printkAhead: () => 0.25 };
    expect(waitingTasks.observe(host)).toEqual({
      health: "ok",
      detail: null,
      evidence: [{ kind: "wait", wait: { ...wait, from: 100.25, seenAt: 100.25 } }],
    });
  });

  it("is none where the CRNG is ready, and none is looked for", () => {
    const tree = procTree();
    tree.task(812, { stack: spinning, state: "R" });
    const host = { ...tree.host, roots: { ...tree.host.roots, live: true }, libc: libcAnswering(null) };
    expect(waitingTasks.observe(host)).toEqual({
      health: "absent",
      detail: "no stack was read: the CRNG was already ready when crngwatch started",
      evidence: [],
    });
    expect(waitingTasks.scan?.(host)).toBeNull();
  });

  it("is reported with how many tasks could not be sampled, and why", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    for (const pid of [1, 811, 812]) tree.task(pid, { stack: spinning, state: "R" });
    for (const pid of [1, 811]) tree.hide(pid);
    tree.task(813, { stack: "", state: "R" });
    expect(waitingTasks.observe(tree.host)).toEqual({
      health: "ok",
      detail:
        "tasks whose kernel stack could not be read: 2; tasks that ran and so showed no stack, where sched_setaffinity(2) is needed to see it: 1",
      evidence: [{ kind: "wait", wait }],
    });
  });

  it("is denied where no stack is for us", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    tree.task(812, { stack: spinning });
    tree.hide(812);
    expect(waitingTasks.observe(tree.host)).toEqual({
      health: "denied",
      detail: "Cannot read tasks' kernel stacks: needs CAP_SYS_ADMIN in the host's user namespace",
      evidence: [],
    });
  });
});

describe("samples tasks that wait", () => {
  it("come again after ten milliseconds or more, and see a wait to its end", () => {
    const tree = procTree();
    tree.task(812, { stack: spinning, state: "R" });
    const scan = scanOf(tree);
    const first = scan.look(1);
    expect(first).toEqual({
      observation: { health: "ok", detail: null, evidence: [{ kind: "wait", wait }, { kind: "waits-watched" }] },
      againMilliseconds: 10,
      follows: true,
    });
    tree.pass(0.5);
    tree.task(812, { stack: idle });
    const { observation, follows } = scan.look(1);
    expect({ observation, follows }).toEqual({
      observation: {
        health: "ok",
        detail: null,
        evidence: [
          { kind: "wait", wait: { ...wait, to: 100.25, ended: "returned", errorSeconds: 0.25, seconds: 0.25 } },
        ],
      },
      follows: false,
    });
  });

  it.each([
    [1, "once a hundred times what that took of a processor has passed", 1],
    [10, "a tenth as often where the CRNG has not been ready for long", 0],
  ])("survey all tasks, with patience %i %s", (patience, _when, found) => {
    let milliseconds = 1_000;
    let processorMilliseconds = 0;
    vi.spyOn(performance, "now").mockImplementation(() => milliseconds);
    vi.spyOn(process, "cpuUsage").mockImplementation(() => {
      processorMilliseconds += 10;
      return { user: processorMilliseconds * 1_000, system: 0 };
    });
    onTestFinished(() => void vi.restoreAllMocks());
    const tree = procTree();
    tree.task(812, { stack: idle });
    const scan = scanOf(tree);
    scan.look(patience);
    // Not a new task: a glance does not see it.
    tree.pass(60);
    tree.task(812, { stack: spinning, state: "R" });
    // The survey took 20 ms.
    milliseconds += 5_000;
    const { observation } = scan.look(patience);
    expect(observation.evidence.filter(({ kind }) => kind === "wait")).toHaveLength(found);
    milliseconds += 16_000;
    expect([observation, scan.look(patience).observation].flatMap(({ evidence }) => evidence)).toContainEqual(
      expect.objectContaining({ kind: "wait" }),
    );
  });

  it("are there where only a pool of 256 bits shows that it is not full", () => {
    const tree = procTree({ getrandomNonblock: () => null });
    expect(waitingTasks.scan?.(tree.host)).toBeNull();
    const random = join(tree.proc, "sys/kernel/random");
    put(join(random, "poolsize"), "256\n");
    put(join(random, "entropy_avail"), "255\n");
    expect(scanOf(tree).look(1).observation).toEqual({
      health: "absent",
      detail: "no task was found to sample",
      evidence: [],
    });
    tree.task(812, { stack: idle });
    expect(scanOf(tree).look(1).observation).toEqual({
      health: "ok",
      detail: null,
      evidence: [{ kind: "waits-watched" }],
    });
  });

  it("come hardly again where no stack is for us", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    tree.task(812, { stack: spinning });
    tree.hide(812);
    expect(scanOf(tree).look(1)).toMatchObject({
      observation: { health: "denied", evidence: [] },
      againMilliseconds: 60_000,
      follows: false,
    });
  });

  it("at what is new say nothing of what is denied of all", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    tree.task(812, { stack: spinning });
    const scan = scanOf(tree);
    scan.look(1);
    tree.hide(812);
    expect(scan.look(1)).toMatchObject({ observation: { health: "ok", detail: null, evidence: [] }, follows: true });
  });
});
