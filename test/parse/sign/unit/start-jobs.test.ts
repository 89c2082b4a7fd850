import { describe, expect, it } from "vitest";
import type { At } from "../../../../src/parse/sign/line/at.ts";
import { StartJobs } from "../../../../src/parse/sign/unit/start-jobs.ts";

const at = (line: number): At => ({ line, time: null, at: line / 2 });
const job = (unit: string, time: string): string => `[  *** ] A start job is running for ${unit} (${time} / no limit)`;

function jobs(...texts: readonly string[]): StartJobs {
  const read = new StartJobs();
  for (const [index, text] of texts.entries()) read.take(text, at(index + 1));
  return read;
}
const seed = "Load/Save Random Seed";

describe("StartJobs: a unit that draws random bytes", () => {
  it("waited from five seconds on, from its first line to its last", () => {
    expect(jobs(job(seed, "4s")).waits()).toEqual([]);
    expect(jobs("quiet", job(seed, "5s"), job(seed, "1min 3s")).waits()).toMatchObject([
      { line: 2, at: 1, seconds: 63, open: true, proof: "shown", name: `systemd-random-seed.service (${seed})` },
    ]);
    expect(jobs(job("sshd-keygen.service", "9s")).waits()).toMatchObject([{ proof: "likely", seconds: 9 }]);
  });

  it("is in the list of jobs that run, which does not show for how long", () => {
    const list = "101 systemd-random-seed.service start running";
    expect(jobs(list).waits()).toMatchObject([{ line: 1, seconds: null, open: true, proof: "likely" }]);
    expect(jobs("101 systemd-random-seed.service start waiting").waits()).toEqual([]);
    expect(jobs("101 example-fan.service start running").waits()).toEqual([]);
  });

  it("is still starting by its status, below its name", () => {
    const active = (since: string): string =>
      `Active: activating (start) since Fri 2016-07-29 20:20:42 EDT; ${since} ago`;
    const head = "● systemd-random-seed.service - Load/Save Random Seed";
    expect(jobs(head, "Loaded: loaded", active("1min 3s")).waits()).toMatchObject([
      { line: 3, seconds: 63, proof: "shown" },
    ]);
    expect(jobs(head, active("4s")).waits()).toEqual([]);
    expect(jobs(active("1min 3s")).waits()).toEqual([]);
    expect(jobs(head, "● example-fan.service - Fan", active("1min 3s")).waits()).toEqual([]);
    expect(jobs(head, "Active: active (exited) since Fri 2016-07-29 20:20:42 EDT; 9s ago").waits()).toEqual([]);
    expect(jobs("● systemd-networkd-wait-online.service", active("1min 3s")).other).toMatchObject({ seconds: 63 });
  });

  it("has its name in the line where systemd shows names, be it cut in the middle", () => {
    const named = (name: string, time: string): string =>
      `[ ***  ] (3 of 4) Job ${name}/start running (${time} / 10min)`;
    expect(jobs(named("systemd-random-seed.se…ice", "12s")).waits()).toMatchObject([
      { name: "systemd-random-seed.service", seconds: 12, proof: "shown" },
    ]);
    expect(jobs(named("dev-ttyS0.device", "13s")).other).toMatchObject({ unit: "dev-ttyS0.device", seconds: 13 });
    expect(jobs(named("systemd-random-seed.service", "12s").replace("/start", "/stop")).waits()).toEqual([]);
  });

  it("need not have waited where two others ran for half as long beside it: the machine is slow", () => {
    const [one, two] = [job("Apply Kernel Variables", "6s"), job("Example Fan", "7s")];
    expect(jobs(one, job(seed, "12s")).waits()).toHaveLength(1);
    expect(jobs(one, two, job(seed, "12s")).waits()).toEqual([]);
    expect(jobs(one, two, job(seed, "15s")).waits()).toHaveLength(1);
  });

  it("is shown after a line from five seconds on", () => {
    const read = jobs(job(seed, "12s"), job("sshd-keygen.service", "4s"));
    expect(read.shownAfter(0)).toEqual([`systemd-random-seed.service (${seed})`]);
    expect(read.shownAfter(1)).toEqual([]);
  });

  it("is one of the first 16", () => {
    const texts = Array.from({ length: 17 }, (_, index) => job(`sshd-keygen@${index}.service`, "9s"));
    expect(jobs(...texts).waits()).toHaveLength(16);
    // A known one still grows.
    expect(jobs(...texts, job("sshd-keygen@3.service", "99s")).waits()[3]?.seconds).toBe(99);
  });

  it("may have its time on the next line, where a mail broke the line", () => {
    const head = `A start job is running for ${seed}`;
    expect(jobs(head, "(12s / no limit)").waits()).toMatchObject([{ seconds: 12, line: 2 }]);
    expect(jobs(`${head} (1min=`, "/ no limit)").waits()).toMatchObject([{ seconds: 60 }]);
    expect(jobs(head, "usb 1-1: new", "(12s / no limit)").waits()).toEqual([]);
    expect(jobs("(12s / no limit)").waits()).toEqual([]);
  });
});

describe("StartJobs: a unit that waits for something else", () => {
  const device = "dev-disk-by\\x2duuid-77.device";

  it("is the one that ran longest, from ten seconds on, with the line on which the first one was shown", () => {
    expect(jobs(job(device, "9s")).other).toBeNull();
    expect(jobs(job(device, "10s")).other).toEqual({ line: 1, unit: device, awaits: "device", seconds: 10 });
    const longer = jobs(job(device, "40s"), job("NetworkManager-wait-online.service", "41s"), job(device, "41s"));
    expect(longer.other).toMatchObject({ line: 1, unit: "NetworkManager-wait-online.service", seconds: 41 });
    expect(longer.waits()).toEqual([]);
  });

  it("is in a list of running jobs, where no other unit runs that may wait for anything", () => {
    const wait = "137 systemd-networkd-wait-online.service start running";
    const target = "2 multi-user.target start waiting";
    expect(jobs(target, wait).other).toEqual({
      line: 2,
      unit: "systemd-networkd-wait-online.service",
      awaits: "network",
      seconds: null,
    });
    expect(jobs(wait, "138 indexer.service start running").other).toBeNull();
    expect(jobs(wait, job(device, "13s")).other).toMatchObject({ awaits: "device", seconds: 13 });
  });

  it("is a device by its path below /sys as well", () => {
    expect(jobs(job("/sys/subsystem/net/devices/wlan0", "13s")).other).toMatchObject({ awaits: "device", seconds: 13 });
  });
});
