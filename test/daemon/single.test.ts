import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claim } from "../../src/daemon/single.ts";
import { type Roots, rootsBelow } from "../../src/platform/roots.ts";
import { hostFolder, temporaryFolder } from "../support/host/host-folder.ts";

/** /proc/PID/stat of a process in this state that started `startTicks` after the boot. */
const stat = (pid: number, state: string, startTicks: number): string =>
  `${pid} (node) ${state} 1 ${"0 ".repeat(17)}${startTicks} ${"0 ".repeat(30)}\n`;

/** A host with these processes, and this one, which started at 700 ticks. */
function hostWith(processes: Readonly<Record<number, string>>): Roots {
  const all = { [process.pid]: stat(process.pid, "R", 700), ...processes };
  return rootsBelow(
    hostFolder(Object.fromEntries(Object.entries(all).map(([pid, text]) => [`proc/${pid}/stat`, text]))),
  );
}

/** A state folder that a daemon with this file has claimed. */
function claimedBy(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "daemon.pid"), text);
  return folder;
}

const pidFile = (folder: string): string => readFileSync(join(folder, "daemon.pid"), "utf8");
/** A pid that no process has: above the largest that a kernel gives. */
const nobody = 4_194_305;

describe("claim: a folder of its own", () => {
  it("is this process's where there was none, and free again once it is released", () => {
    const [folder, roots] = [temporaryFolder(), hostWith({})];
    const claimed = claim(folder, roots);
    expect(claimed.kind).toBe("ours");
    expect(pidFile(folder)).toBe(`${process.pid} 700\n`);
    expect(claim(folder, roots)).toEqual({ kind: "taken", pid: process.pid });
    if (claimed.kind === "ours") claimed.release();
    expect(claim(folder, roots).kind).toBe("ours");
  });
});

describe("claim: a folder that another daemon has claimed", () => {
  it("is taken while that daemon runs", () => {
    const folder = claimedBy("812 4200\n");
    expect(claim(folder, hostWith({ 812: stat(812, "S", 4200) }))).toEqual({ kind: "taken", pid: 812 });
    expect(pidFile(folder)).toBe("812 4200\n");
  });

  it.each<[what: string, text: string, processes: Readonly<Record<number, string>>]>([
    ["it was killed", `${nobody} 4200\n`, {}],
    ["it was killed, and another process has its pid", "812 4200\n", { 812: stat(812, "S", 9000) }],
    ["it was killed, and nobody has waited for it", "812 4200\n", { 812: stat(812, "Z", 4200) }],
    ["its file is empty", "", {}],
    ["its file is damaged", "many 12\n", {}],
    ["its file names no process", "0 0\n", { 0: stat(0, "S", 0) }],
    ["its file names a group of processes", "-1 0\n", {}],
  ])("is this process's where %s", (_what, text, processes) => {
    const folder = claimedBy(text);
    expect(claim(folder, hostWith(processes)).kind).toBe("ours");
    expect(pidFile(folder)).toBe(`${process.pid} 700\n`);
  });

  it("is taken where /proc hides a process that has the pid", () => {
    expect(claim(claimedBy("1 4200\n"), hostWith({}))).toEqual({ kind: "taken", pid: 1 });
  });

  it("cannot be claimed where the folder is a file", () => {
    const roots = rootsBelow(hostFolder({ state: "" }));
    expect(() => claim(join(roots.top, "state"), roots)).toThrow(/ENOTDIR/);
  });
});

describe("claim: two daemons that find a killed one's file at once", () => {
  it("leave one owner: what the faster one has written is not removed by the slower one", () => {
    const folder = claimedBy(`${nobody} 4200\n`);
    const host = hostWith({ 812: stat(812, "S", 4200) });
    let looks = 0;
    const roots: Roots = {
      ...host,
      // The second look is at the killed daemon: meanwhile the faster one takes its place.
      get proc() {
        if (++looks === 2) {
          rmSync(join(folder, "daemon.pid"));
          writeFileSync(join(folder, "daemon.pid"), "812 4200\n");
        }
        return host.proc;
      },
    };
    expect(claim(folder, roots)).toEqual({ kind: "taken", pid: 812 });
    expect(pidFile(folder)).toBe("812 4200\n");
    expect(readdirSync(folder)).toEqual(["daemon.pid"]);
  });

  it("wait for each other's removal: while a live process holds it, the folder is that one's", () => {
    const folder = claimedBy(`${nobody} 4200\n`);
    writeFileSync(join(folder, `daemon.pid.${nobody}-4200`), "812 4200\n");
    expect(claim(folder, hostWith({ 812: stat(812, "S", 4200) }))).toEqual({ kind: "taken", pid: 812 });
    expect(claim(folder, hostWith({})).kind).toBe("ours");
    expect(readdirSync(folder)).toEqual(["daemon.pid"]);
  });
});
