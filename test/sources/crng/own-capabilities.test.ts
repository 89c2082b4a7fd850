import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dropCapabilities } from "../../../src/sources/crng/own-capabilities.ts";
import { ownStart } from "../../../src/sources/crng/own-start.ts";
import type { Host } from "../../../src/sources/source.ts";
import { hostOf, libcAnswering } from "../../support/host/host-folder.ts";

const both = "0000000400080000";
const none = "0000000000000000";
const statusOf = (permitted: string): string => `Name:\tnode\nCapPrm:\t${permitted}\nCapEff:\t${permitted}\n`;

/** A process with three threads; `drop` is called with those it names, and may change what /proc shows of them. */
function processWith(
  drop: (threads: readonly number[], set: (thread: number, permitted: string) => void) => string | null,
) {
  const threads = [process.pid, 1_000_000_001, 1_000_000_002];
  const calls: (readonly number[])[] = [];
  const host: Host = hostOf(
    Object.fromEntries(threads.map((thread) => [`proc/self/task/${thread}/status`, statusOf(both)])),
    {
      ...libcAnswering(null),
      dropCapabilities(named) {
        calls.push(named);
        return drop(named, (thread, permitted) =>
          writeFileSync(join(host.roots.proc, `self/task/${thread}/status`), statusOf(permitted)),
        );
      },
    },
  );
  return { host, calls, threads };
}

describe("dropCapabilities", () => {
  it("names all threads but the calling one, and reports that none has any left", () => {
    const { host, calls, threads } = processWith((named, set) => {
      for (const thread of [process.pid, ...named]) set(thread, none);
      return null;
    });
    expect(dropCapabilities(host)).toEqual({ kind: "own-capabilities", left: [], problem: null });
    expect(calls.map((named) => named.toSorted((a, b) => a - b))).toEqual([threads.slice(1)]);
  });

  it("tries again for a thread that has them still, and reports one that keeps them", () => {
    const { host, calls, threads } = processWith((named, set) => {
      for (const thread of [process.pid, ...named]) if (thread !== threads[2]) set(thread, none);
      return null;
    });
    expect(dropCapabilities(host)).toEqual({
      kind: "own-capabilities",
      left: ["CAP_SYS_PTRACE", "CAP_SYSLOG"],
      problem: "1 of 3 threads did not drop them in time",
    });
    expect(calls).toHaveLength(3);
  });

  it.each([
    ["EPERM", "capset(2) is refused with EPERM"],
    ["ENOSYS", "crngwatch runs without its start object, or with a C library other than glibc"],
  ])("says why it could not, once: %s", (errno, problem) => {
    const { host, calls } = processWith(() => errno);
    expect(dropCapabilities(host)).toMatchObject({ left: ["CAP_SYS_PTRACE", "CAP_SYSLOG"], problem });
    expect(calls).toHaveLength(1);
  });

  it("says that koffi is missing, where nothing can be called", () => {
    const { host } = processWith(() => null);
    expect(dropCapabilities({ ...host, libc: null, libcProblem: "koffi does not load here: no binary" })).toMatchObject(
      {
        left: ["CAP_SYS_PTRACE", "CAP_SYSLOG"],
        problem: "koffi does not load here: no binary",
      },
    );
  });

  it("calls nothing in a process that has none, or where /proc does not show it", () => {
    const { host, calls, threads } = processWith(() => null);
    for (const thread of threads) writeFileSync(join(host.roots.proc, `self/task/${thread}/status`), statusOf(none));
    expect(dropCapabilities(host)).toEqual({ kind: "own-capabilities", left: [], problem: null });
    expect(dropCapabilities(hostOf({}, host.libc))).toBeNull();
    expect(calls).toEqual([]);
  });
});

describe("own-start's end", () => {
  it("drops the capabilities, and its health says what is left", () => {
    const { host } = processWith(() => "EPERM");
    const { health, detail, evidence } = ownStart.finish?.(host) ?? expect.fail("it has an end");
    expect(health).toBe("ok");
    expect(detail).toBe("CAP_SYS_PTRACE, CAP_SYSLOG could not be dropped: capset(2) is refused with EPERM");
    expect(evidence).toMatchObject([{ kind: "own-capabilities", left: ["CAP_SYS_PTRACE", "CAP_SYSLOG"] }]);
  });

  it("drops nothing for a host that is a folder", () => {
    expect(ownStart.finish?.(hostOf({}))).toEqual({ health: "ok", detail: null, evidence: [] });
  });
});
