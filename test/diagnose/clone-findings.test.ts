import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import type { Evidence, GeneratorProcess } from "../../src/core/evidence.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { logged, readyLine } from "../support/records/evidence-of.ts";

const fork = (at: number): Evidence => logged(at, { kind: "reseed", reason: "vm-fork" });
const resume = (at: number): Evidence => logged(at, { kind: "reseed", reason: "resume" });
const process = (pid: number, startedAt: number, more: Partial<GeneratorProcess> = {}): GeneratorProcess => ({
  pid,
  comm: `p${pid}`,
  unit: `p${pid}.service`,
  container: null,
  startedAt,
  generators: ["OpenSSL"],
  ...more,
});
const seen = (processes: readonly GeneratorProcess[], unreadable = 0): Evidence => ({
  kind: "generators",
  processes,
  unreadable,
});
const found = (...evidence: readonly Evidence[]) =>
  diagnose(fold(emptyRecord(), [readyLine(0.1), ...evidence]).record).findings.find(({ id }) => id === "vm-fork");
const restart = (...evidence: readonly Evidence[]): string | null | undefined =>
  found(...evidence)?.remedies.find(({ id }) => id === "restart-generators")?.command;

describe("a clone or restore of the virtual machine", () => {
  it("names the processes older than the latest one, and what to restart", () => {
    const evidence = [fork(60), fork(600), seen([process(7, 5), process(8, 599.9), process(9, 600.5)])];
    expect(found(...evidence)).toMatchObject({
      severity: "warning",
      summary: expect.stringContaining("2 processes that started earlier have generators of their own"),
      detail: expect.stringMatching(/p7\[7\] of p7\.service \(OpenSSL\), p8\[8\] of p8\.service \(OpenSSL\)$/),
    });
    expect(restart(...evidence)).toBe("systemctl restart p7.service p8.service");
  });

  it("names five processes, and counts the others", () => {
    const older = (count: number): string | undefined =>
      found(fork(600), seen(Array.from({ length: count }, (_, index) => process(7 + index, 5))))?.detail;
    expect(older(5)).toMatch(/p11\[11\] of p11\.service \(OpenSSL\)$/);
    expect(older(8)).toMatch(/p11\[11\] of p11\.service \(OpenSSL\) and 3 more$/);
  });

  it("counts a process as older that started within a hundredth of a second, which /proc does not resolve", () => {
    const startedAt = (at: number) => restart(fork(600), seen([process(7, at)]));
    expect([startedAt(600.009), startedAt(600.011)]).toEqual(["systemctl restart p7.service", undefined]);
  });

  it("is a note if no process is older, or if none was read", () => {
    expect(found(fork(600), seen([process(9, 700)]))).toMatchObject({
      severity: "info",
      detail: expect.stringContaining("No process that started earlier"),
    });
    expect(found(fork(600))?.detail).toContain("'crngwatch report' names the processes");
  });

  it("says how many processes may not be read: they may be older, too", () => {
    expect(found(fork(600), seen([], 31))?.detail).toContain("31 processes could not be read");
  });

  it("regards all as older that may be: after a suspend the clocks of the log and of /proc differ", () => {
    expect(restart(fork(600), resume(300), seen([process(9, 700)]))).toBe("systemctl restart p9.service");
  });

  it("restarts neither sessions, the bus nor containers, nor a unit whose name a shell would read", () => {
    const units = ["dbus.service", "user@1000.service", "systemd-logind.service", "session-1.scope", "a;b.service"];
    const processes = units.map((unit, index) => process(index + 2, 5, { unit }));
    expect(restart(fork(600), seen([...processes, process(40, 5, { container: "ab" })]))).toBeNull();
  });
});
