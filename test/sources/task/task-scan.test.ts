import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Wait, unknownWait } from "../../../src/core/wait.ts";
import { type Look, TaskScan } from "../../../src/sources/task/task-scan.ts";
import { whyNothingIsDenied } from "../../support/host/host-folder.ts";
import { asleep, idle, inDrbg, polling, reading, spinning, stackOf } from "../../support/inputs/kernel-stacks.ts";
import { type ProcTask, type ProcTree, procTree, put } from "../../support/host/proc-tree.ts";

const gpgv: ProcTask = { stack: spinning, state: "R" };
/** What is reported of it, beside the wait itself. */
const waiting = {
  ...unknownWait,
  pid: 812,
  tid: 812,
  comm: "gpgv",
  startedAt: 47.11,
  parent: { pid: 1, comm: null },
  interface: "getrandom",
  gatheredJitter: true,
  evidence: "live",
} as const;

function scanOf(tree: ProcTree): TaskScan {
  const scan = new TaskScan(tree.host);
  onTestFinished(() => scan.close());
  return scan;
}

const saw = (waits: readonly Wait[], seen: Partial<Look> = {}): unknown =>
  expect.objectContaining({ waits, hidden: 0, running: 0, ...seen });

describe("a survey", () => {
  it("finds the waiter among all the others", () => {
    const tree = procTree();
    tree.task(1, { stack: idle, comm: "systemd" });
    tree.task(2, {
      stack: stackOf("kthreadd+0x2f0/0x310", "ret_from_fork+0x166/0x190"),
      comm: "kthreadd",
      kernelThread: true,
    });
    tree.task(812, gpgv);
    tree.task(813, { stack: reading, comm: "rngtest", startTicks: 5000 });
    tree.task(814, { stack: "", state: "Z" });
    expect(scanOf(tree).survey()).toEqual({
      waits: [
        { ...waiting, from: 100, seenAt: 100 },
        {
          ...waiting,
          pid: 813,
          tid: 813,
          comm: "rngtest",
          startedAt: 50,
          interface: "dev-random",
          gatheredJitter: null,
          from: 100,
          seenAt: 100,
        },
      ].map((wait) => ({ ...wait, parent: { pid: 1, comm: null } })),

      shown: 5,
      hidden: 0,
      running: 0,
    });
  });

  it("reports for a task that came between two of them by how much the beginning may be wrong", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(4);
    tree.task(812, gpgv);
    expect(scan.survey()).toEqual(saw([{ ...waiting, from: 102, notBefore: 100, seenAt: 104, errorSeconds: 2 }]));
  });

  it("finds a thread, whose process does something else", () => {
    const tree = procTree();
    tree.task(812, { stack: idle });
    tree.task(812, { ...gpgv, comm: "pool", startTicks: 4800 }, 815);
    const scan = scanOf(tree);
    const found = { ...waiting, tid: 815, comm: "pool", from: 100, seenAt: 100 };
    expect(scan.survey()).toEqual(saw([found]));
    tree.pass(1);
    expect(scan.glance()).toEqual(saw([{ ...found, seenAt: 101, seconds: 1 }]));
    tree.end(812, 815);
    rmSync(join(tree.proc, "815"));
    tree.pass(1);
    expect(scan.survey()).toEqual(
      saw([{ ...found, seenAt: 101, to: 101.5, ended: "gone", errorSeconds: 0.5, seconds: 1.5 }]),
    );
  });

  it("follows 512 waits and no more", () => {
    const tree = procTree();
    tree.task(1000, { stack: reading });
    for (let tid = 1001; tid < 1514; tid++) symlinkSync("../../1000", join(tree.proc, "1000/task", String(tid)));
    const scan = scanOf(tree);
    expect(scan.survey().waits).toHaveLength(512);
    tree.pass(1);
    expect(scan.survey().waits.map(({ seconds }) => seconds)).toEqual(Array.from({ length: 512 }, () => 1));
  });

  it("may be made a part at a time, with glances between", () => {
    const tree = procTree();
    for (let pid = 101; pid <= 140; pid++) tree.task(pid, { stack: idle });
    tree.task(140, { ...gpgv });
    const scan = scanOf(tree);
    scan.glance();
    const part = () => ({ ...scan.survey(0), surveys: scan.surveys });
    expect([part(), part()]).toEqual([
      { waits: [], shown: 16, hidden: 0, running: 0, surveys: true },
      { waits: [], shown: 16, hidden: 0, running: 0, surveys: true },
    ]);
    tree.pass(0.5);
    tree.task(1001, gpgv);
    tree.lastPid(1001);
    const young = { ...waiting, pid: 1001, tid: 1001, from: 100.25, notBefore: 100, seenAt: 100.5, errorSeconds: 0.25 };
    expect(scan.glance()).toEqual(saw([young]));
    expect(part()).toEqual({
      waits: [{ ...waiting, pid: 140, tid: 140, from: 100.5, seenAt: 100.5 }],
      shown: 8,
      hidden: 0,
      running: 0,
      surveys: false,
    });
    // As early as it may have begun: when the survey before this one did.
    tree.pass(0.5);
    tree.task(139, gpgv);
    expect(scan.survey()).toEqual(
      saw([{ ...waiting, pid: 139, tid: 139, from: 100.5, notBefore: 100, seenAt: 101, errorSeconds: 0.5 }]),
    );
  });

  it("records when it sampled a new task, for the glances", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    scan.glance();
    tree.task(1001, { stack: idle });
    tree.lastPid(1001);
    scan.glance();
    tree.pass(0.1);
    scan.survey();
    tree.pass(0.2);
    tree.task(1001, gpgv);
    expect(scan.glance()).toEqual(
      saw([{ ...waiting, pid: 1001, tid: 1001, from: 100.2, notBefore: 100.1, seenAt: 100.3, errorSeconds: 0.1 }]),
    );
  });

  it("of an empty folder finds nothing", () => {
    const tree = procTree();
    rmSync(tree.proc, { recursive: true });
    expect(scanOf(tree).survey()).toEqual({ waits: [], shown: 0, hidden: 0, running: 0 });
  });
});

/** In epoll_pwait2(2), on one file beside its descriptor 4. */
function sleepsInEpoll({ proc }: ProcTree, pid: number, descriptor: number): void {
  put(join(proc, `${pid}/syscall`), "441 0x4 0x0 0x40 0xffffffff 0x0 0x0 0x7ffd3f0a2b58 0x7f1c2d8e1a9f\n");
  put(
    join(proc, `${pid}/fdinfo/4`),
    `pos:\t0\ntfd:        ${descriptor} events:       19 data:                ${descriptor}\n`,
  );
}

describe("a task that polls", () => {
  const poller = { ...waiting, comm: "rngd", interface: "dev-random", polls: true, gatheredJitter: null } as const;

  it("waits where one of its files is /dev/random", () => {
    const tree = procTree();
    tree.task(811, { stack: polling, open: ["dev/urandom", "dev/null"] });
    tree.task(812, { stack: polling, comm: "rngd", open: ["dev/null", "dev/random"] });
    tree.task(813, { stack: idle, open: ["dev/random"] });
    const scan = scanOf(tree);
    expect(scan.survey()).toEqual(saw([{ ...poller, from: 100, seenAt: 100 }]));
    expect(scan.follows).toBe(true);
    tree.pass(2);
    expect(scan.survey()).toEqual(saw([{ ...poller, from: 100, seenAt: 102, seconds: 2 }]));
  });

  it("does not wait for it where it has it open and polls something else", () => {
    const tree = procTree();
    tree.task(811, { stack: polling, open: ["dev/random"] });
    sleepsInEpoll(tree, 811, 9);
    tree.task(812, { stack: polling, comm: "rngd", open: ["dev/random"] });
    sleepsInEpoll(tree, 812, 3);
    expect(scanOf(tree).survey()).toEqual(saw([{ ...poller, from: 100, seenAt: 100 }]));
  });

  it("and then polls something else, waits no more since its last sample, once a second", () => {
    const tree = procTree();
    tree.task(812, { stack: polling, comm: "rngd", open: ["dev/random"] });
    sleepsInEpoll(tree, 812, 3);
    const scan = scanOf(tree);
    scan.survey();
    const looks = [0.5, 0.5, 0.5, 0.5].map((seconds, index) => {
      tree.pass(seconds);
      if (index === 2) sleepsInEpoll(tree, 812, 9);
      return index % 2 === 0 ? scan.glance().waits : scan.survey().waits;
    });
    expect(looks).toEqual([
      [],
      [{ ...poller, from: 100, seenAt: 101, seconds: 1 }],
      [],
      [{ ...poller, from: 100, seenAt: 101, to: 101.5, ended: "returned", errorSeconds: 0.5, seconds: 1.5 }],
    ]);
    expect(scan.follows).toBe(false);
  });

  it("and keeps /dev/random open, waits no more when the CRNG is ready", () => {
    let errno: string | null = "EAGAIN";
    const tree = procTree({ getrandomNonblock: () => errno });
    tree.task(812, { stack: polling, comm: "rngd", open: ["dev/random"] });
    const scan = scanOf(tree);
    scan.survey();
    errno = null;
    tree.task(813, { stack: polling, open: ["dev/random"] });
    tree.pass(1);
    expect(scan.survey()).toEqual(
      saw([{ ...poller, from: 100, seenAt: 100, to: 100.5, ended: "returned", errorSeconds: 0.5, seconds: 0.5 }]),
    );
  });

  it("waits on a ready CRNG where /dev/random has a pool of its own that is low", () => {
    const tree = procTree({ getrandomNonblock: () => null });
    const random = join(tree.proc, "sys/kernel/random");
    put(join(random, "read_wakeup_threshold"), "64\n");
    put(join(random, "entropy_avail"), "63\n");
    tree.task(812, { stack: polling, comm: "rngd", open: ["dev/random"] });
    const scan = scanOf(tree);
    expect(scan.survey().waits).toHaveLength(1);
    put(join(random, "entropy_avail"), "64\n");
    tree.pass(1);
    expect(scan.glance().waits).toMatchObject([{ to: 100.5, ended: "returned" }]);
  });

  it("has its files read every five seconds, and may have begun at any time in between", () => {
    const tree = procTree();
    tree.task(812, { stack: polling, comm: "rngd", open: ["dev/null"] });
    const scan = scanOf(tree);
    const surveys = [0, 1, 4].map((seconds) => {
      tree.pass(seconds);
      const { waits } = scan.survey();
      if (seconds === 0) symlinkSync(join(tree.host.roots.dev, "random"), join(tree.proc, "812/fd/9"));
      return waits;
    });
    expect(surveys).toEqual([[], [], [{ ...poller, from: 102.5, notBefore: 100, seenAt: 105, errorSeconds: 2.5 }]]);
  });

  it("and was not seen to poll before, began after the last look", () => {
    const tree = procTree();
    tree.task(812, { stack: idle, comm: "rngd", open: ["dev/random"] });
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(2);
    tree.task(812, { stack: polling, comm: "rngd" });
    expect(scan.survey()).toEqual(saw([{ ...poller, from: 101, notBefore: 100, seenAt: 102, errorSeconds: 1 }]));
  });

  it("and then reads, has ended one wait and begun another", () => {
    const tree = procTree();
    tree.task(812, { stack: polling, comm: "rngd", open: ["dev/random"] });
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(2);
    tree.task(812, { stack: reading, comm: "rngd" });
    expect(scan.glance()).toEqual(
      saw([
        { ...poller, from: 100, seenAt: 100, to: 101, ended: "returned", errorSeconds: 1, seconds: 1 },
        { ...poller, polls: false, from: 101, notBefore: 100, seenAt: 102, errorSeconds: 1 },
      ]),
    );
  });
});

describe("a wait that goes on", () => {
  it("is reported again each second, or when it begins to gather", () => {
    const tree = procTree();
    tree.task(812, { stack: asleep });
    const scan = scanOf(tree);
    const first = { ...waiting, gatheredJitter: null, from: 100, seenAt: 100 };
    expect(scan.survey()).toEqual(saw([first]));
    const glances = [0.5, 0.5, 0.25, 0.25].map((seconds, index) => {
      tree.pass(seconds);
      if (index === 2) tree.task(812, gpgv);
      // What it once did stays reported.
      if (index === 3) tree.task(812, { stack: asleep });
      return scan.glance().waits;
    });
    expect(glances).toEqual([
      [],
      [{ ...first, seenAt: 101, seconds: 1 }],
      [{ ...first, gatheredJitter: true, seenAt: 101.25, seconds: 1.25 }],
      [],
    ]);
  });

  it.each<[what: string, next: (tree: ProcTree) => void, ended: "returned" | "gone"]>([
    ["its task does something else", (tree) => tree.task(812, { stack: idle }), "returned"],
    ["its task is gone", (tree) => tree.end(812), "gone"],
    [
      "its task has been killed, and its parent has not waited for it",
      (tree) => tree.task(812, { stack: "", state: "Z" }),
      "gone",
    ],
    ["its task's number is another's", (tree) => tree.task(812, { stack: idle, startTicks: 9000 }), "gone"],
  ])("ends when %s", (_what, next, ended) => {
    const tree = procTree();
    tree.task(812, gpgv);
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(0.5);
    next(tree);
    const last = { ...waiting, from: 100, seenAt: 100, to: 100.25, ended, errorSeconds: 0.25, seconds: 0.25 };
    expect([scan.glance(), scan.glance(), scan.survey()]).toEqual([saw([last]), saw([]), saw([])]);
    expect(scan.follows).toBe(false);
  });

  it("is not another's that has its task's number and waits as well", () => {
    const tree = procTree();
    tree.task(812, gpgv);
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(1);
    tree.task(812, { ...gpgv, comm: "sshd", startTicks: 10050 });
    expect(scan.survey()).toEqual(
      saw([
        { ...waiting, from: 100, seenAt: 100, to: 100.5, ended: "gone", errorSeconds: 0.5, seconds: 0.5 },
        { ...waiting, comm: "sshd", startedAt: 100.5, from: 100.5, notBefore: 100, seenAt: 101, errorSeconds: 0.5 },
      ]),
    );
  });

  it("keeps the larger error, that of its beginning", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(4);
    tree.task(812, gpgv);
    scan.survey();
    tree.pass(1);
    tree.task(812, { stack: idle });
    expect(scan.glance()).toEqual(
      saw([
        {
          ...waiting,
          from: 102,
          notBefore: 100,
          seenAt: 104,
          to: 104.5,
          ended: "returned",
          errorSeconds: 2,
          seconds: 2.5,
        },
      ]),
    );
  });
});

describe("a task in a function that both sleeps and works", () => {
  it("waits if it sleeps, and is followed to the end then", () => {
    const tree = procTree();
    tree.task(811, { stack: inDrbg, state: "R" });
    tree.task(812, { stack: inDrbg, state: "D" });
    const scan = scanOf(tree);
    const found = { ...waiting, generator: "drbg" as const, gatheredJitter: null, from: 100, seenAt: 100 };
    expect(scan.survey()).toEqual(saw([found]));
    tree.pass(1);
    expect(scan.survey()).toEqual(saw([{ ...found, seenAt: 101, seconds: 1 }]));
    // It has come through, and may come back.
    tree.pass(0.2);
    tree.task(812, { stack: inDrbg, state: "R" });
    expect(scan.survey()).toEqual(saw([]));
    tree.pass(1);
    expect(scan.survey()).toEqual(
      saw([{ ...found, seenAt: 101, to: 101.1, ended: "returned", errorSeconds: 0.1, seconds: 1.1 }]),
    );
  });

  it("that queues for the FIPS generator again and again is reported so, with the time that it surely slept", () => {
    const tree = procTree();
    const queues = (switches: number): void => tree.task(812, { stack: inDrbg, state: "D", switches });
    queues(7);
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(0.5);
    scan.glance();
    tree.pass(0.5);
    queues(19);
    scan.glance();
    tree.pass(0.25);
    scan.glance();
    tree.pass(1);
    queues(31);
    const found = { ...waiting, generator: "drbg" as const, gatheredJitter: null, from: 100 };
    expect(scan.glance()).toEqual(saw([{ ...found, seenAt: 102.25, times: 3, seconds: 0.75 }]));
  });

  it("that slept through in the queue is one wait, however long", () => {
    const tree = procTree();
    tree.task(812, { stack: inDrbg, state: "D", switches: 7 });
    const scan = scanOf(tree);
    scan.survey();
    tree.pass(2);
    scan.glance();
    tree.pass(3);
    const found = { ...waiting, generator: "drbg" as const, gatheredJitter: null, from: 100 };
    expect(scan.glance()).toEqual(saw([{ ...found, seenAt: 105, times: 1, seconds: 5 }]));
  });
});

describe("a task whose stack does not show", () => {
  it("waits on if it did, and is reported when it shows again", () => {
    const tree = procTree();
    tree.task(812, gpgv);
    tree.task(813, { stack: "", state: "R" });
    const scan = scanOf(tree);
    expect(scan.survey()).toEqual(saw([{ ...waiting, from: 100, seenAt: 100 }], { running: 1 }));
    tree.task(812, { stack: "", state: "R" });
    tree.pass(2);
    expect(scan.survey()).toEqual(saw([], { running: 2 }));
    tree.task(812, gpgv);
    tree.pass(1);
    expect(scan.glance()).toEqual(saw([{ ...waiting, from: 100, seenAt: 103, seconds: 3 }]));
  });

  it("is counted, and the others' are read", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    for (const pid of [1, 2, 812, 813]) tree.task(pid, gpgv);
    for (const pid of [1, 2, 813]) tree.hide(pid);
    expect(scanOf(tree).survey()).toEqual({
      waits: [{ ...waiting, from: 100, seenAt: 100 }],
      shown: 1,
      hidden: 3,
      running: 0,
    });
  });

  it("in one part of a survey leaves the others to be read", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    for (let pid = 101; pid <= 116; pid++) tree.task(pid, { stack: idle });
    for (let pid = 117; pid <= 132; pid++) tree.task(pid, { stack: idle });
    for (let pid = 117; pid <= 132; pid++) tree.hide(pid);
    tree.task(133, gpgv);
    const scan = scanOf(tree);
    const parts = Array.from({ length: 3 }, () => scan.survey(0));
    expect(parts).toEqual([
      saw([], { shown: 16 }),
      saw([], { shown: 0, hidden: 16 }),
      saw([{ ...waiting, pid: 133, tid: 133, from: 100, seenAt: 100 }], { shown: 1 }),
    ]);
    expect(scan.surveys).toBe(false);
  });

  it("stops after 16 tasks that it may not read, and ends no wait", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    const pids = Array.from({ length: 40 }, (_, index) => 1000 + index);
    for (const pid of pids) tree.task(pid, gpgv);
    const scan = scanOf(tree);
    expect(scan.survey().waits).toHaveLength(40);
    for (const pid of pids) tree.hide(pid);
    tree.pass(1);
    expect(scan.survey()).toEqual({ waits: [], shown: 0, hidden: 16, running: 0 });
  });
});

describe("a glance", () => {
  it("meets tasks whose number was given since the one before, and knows how late it may be", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    scan.glance();
    tree.pass(0.4);
    tree.task(1001, { stack: idle });
    tree.task(1002, gpgv);
    tree.lastPid(1002);
    const found = { ...waiting, pid: 1002, tid: 1002 };
    expect(scan.glance()).toEqual(
      saw([{ ...found, from: 100.2, notBefore: 100, seenAt: 100.4, errorSeconds: 0.2 }], { shown: 2 }),
    );
    tree.pass(0.2);
    tree.task(1001, gpgv);
    expect(scan.glance()).toEqual(
      saw([{ ...found, pid: 1001, tid: 1001, from: 100.5, notBefore: 100.4, seenAt: 100.6, errorSeconds: 0.1 }], {
        shown: 2,
      }),
    );
  });

  it("waits for a task whose number was given before it can be found, and not for long", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    scan.glance();
    tree.lastPid(1001);
    expect(scan.glance()).toEqual(saw([]));
    tree.pass(0.05);
    tree.task(1001, { stack: idle });
    expect(scan.glance()).toEqual(saw([], { shown: 1 }));
    tree.pass(0.1);
    tree.end(1001);
    // What is kept open of a folder's file can still be read, as it cannot in /proc.
    scan.close();
    scan.glance();
    tree.task(1001, gpgv);
    expect(scan.glance()).toEqual(saw([], { shown: 0 }));
  });

  it("looks at a new task for ten seconds", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    scan.glance();
    tree.task(1001, { stack: idle });
    tree.lastPid(1001);
    const shown = [0, 5, 5, 1, 1].map((seconds) => {
      tree.pass(seconds);
      return scan.glance().shown;
    });
    expect(shown).toEqual([1, 1, 1, 1, 0]);
  });

  it("of very many new ones looks at the newest", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    scan.glance();
    for (const pid of [1500, 1743, 1744, 2000]) tree.task(pid, gpgv);
    tree.lastPid(2000);
    expect(scan.glance().waits.map(({ pid }) => pid)).toEqual([2000]);
    tree.task(2100, gpgv);
    tree.lastPid(2100);
    expect(scan.glance().waits.map(({ pid }) => pid)).toEqual([2100]);
  });

  it("leaves those around the end of the numbers to the next survey", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    tree.lastPid(32760);
    scan.survey();
    scan.glance();
    tree.task(32761, gpgv);
    tree.task(310, gpgv);
    tree.lastPid(310);
    expect(scan.glance()).toEqual(saw([], { shown: 0 }));
    tree.task(311, gpgv);
    tree.lastPid(311);
    expect(scan.glance().waits.map(({ pid }) => pid)).toEqual([311]);
    tree.pass(2);
    expect(new Map(scan.survey().waits.map(({ pid, notBefore, seconds }) => [pid, { notBefore, seconds }]))).toEqual(
      new Map([
        [310, { notBefore: 100, seconds: null }],
        [311, { notBefore: 100, seconds: 2 }],
        [32761, { notBefore: 100, seconds: null }],
      ]),
    );
  });

  it("does without a number that is none", () => {
    const tree = procTree();
    const scan = scanOf(tree);
    writeFileSync(join(tree.proc, "loadavg"), "\n");
    expect([scan.glance(), scan.glance()]).toEqual([saw([]), saw([])]);
  });
});
