import { describe, expect, it } from "vitest";
import type { BootUnit } from "../../../src/core/boot-units.ts";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { correctedBoot } from "../../../src/diagnose/boot-time/corrected-boot.ts";
import { wait } from "../../support/records/evidence-of.ts";

const unit = (name: string, startedAt: number, doneAt: number | null, ...after: readonly string[]): BootUnit => ({
  name,
  startedAt,
  doneAt,
  after,
});

/** A boot of these units that was finished at `finishedAt`, in which these tasks waited. */
function boot(finishedAt: number | null, units: readonly BootUnit[], ...waits: readonly Evidence[]) {
  const times: Evidence = { kind: "unit-times", initrdAt: null, userspaceAt: 2, finishedAt, units, silences: null };
  return correctedBoot(fold(emptyRecord(), [times, ...waits]).record);
}

/** keys waits 4 s of its 5 s; sshd starts 0.1 s after it; network takes 3 s beside both. */
const chain = [
  unit("sysinit.target", 2.5, 2.5),
  unit("keys.service", 3, 8, "sysinit.target"),
  unit("network.service", 3, 6, "sysinit.target"),
  unit("sshd.service", 8.1, 8.6, "keys.service", "network.service"),
  unit("multi-user.target", 8.6, 8.6, "sshd.service", "network.service"),
];
const keysWaited = wait(3.5, 4, { pid: 500, unit: "keys.service", to: 7.5 });

describe("correctedBoot", () => {
  it("subtracts what a unit's own tasks waited from its activation, and moves what was after it", () => {
    const diagnosed = boot(8.7, chain, keysWaited);
    // keys would have been active at 4, but network is not until 6: sshd starts 0.1 s after that.
    expect(diagnosed).toMatchObject({ finishedAt: 8.7, firstProcessSeconds: 0 });
    expect(diagnosed?.withoutWaitsAt).toBeCloseTo(6.7, 6);
    expect(diagnosed?.delayed).toEqual([
      { name: "keys.service", ownSeconds: 4, heldSeconds: 0, behind: null },
      { name: "multi-user.target", ownSeconds: 0, heldSeconds: 2, behind: "sshd.service" },
      { name: "sshd.service", ownSeconds: 0, heldSeconds: 2, behind: "keys.service" },
    ]);
  });

  it("names the critical chain as it was and as it would have been", () => {
    const diagnosed = boot(8.7, chain, keysWaited);
    const names = (links: readonly { readonly name: string }[] | undefined) => links?.map(({ name }) => name);
    expect(names(diagnosed?.chain)).toEqual(["multi-user.target", "sshd.service", "keys.service", "sysinit.target"]);
    expect(names(diagnosed?.chainWithoutWaits)).toContain("network.service");
    expect(names(diagnosed?.chainWithoutWaits)).not.toContain("keys.service");
  });

  it("counts tasks of one unit that waited at the same time once, and only what lies in its activation", () => {
    const diagnosed = boot(
      8.7,
      chain,
      wait(3.5, 2, { pid: 500, unit: "keys.service", to: 5.5 }),
      wait(4, 2, { pid: 501, unit: "keys.service", to: 6 }),
      wait(7.5, 3, { pid: 502, unit: "keys.service", to: 10.5 }),
    );
    expect(diagnosed?.delayed[0]).toMatchObject({ name: "keys.service", ownSeconds: 3 });
  });

  it("subtracts PID 1's waits from the time of everything that came after them", () => {
    const diagnosed = boot(8.7, chain, wait(0.5, 1.5, { pid: 1, to: 2 }));
    expect(diagnosed).toMatchObject({ firstProcessSeconds: 1.5, withoutWaitsAt: 7.2, delayed: [] });
    expect(diagnosed?.chainWithoutWaits[0]).toMatchObject({ name: "multi-user.target", doneAt: 7.1 });
  });

  it("charges a simple service nothing for what it waited after it was active", () => {
    const diagnosed = boot(4, [unit("d.service", 3, 3.01)], wait(3.5, 2, { pid: 7, unit: "d.service", to: 5.5 }));
    expect(diagnosed).toMatchObject({ withoutWaitsAt: 4, delayed: [] });
  });

  it("leaves out who only polled, and who has no unit", () => {
    const polled = wait(3.5, 4, { pid: 500, unit: "keys.service", to: 7.5, polls: true, interface: "dev-random" });
    expect(boot(8.7, chain, polled)).toBeNull();
    expect(boot(8.7, chain, wait(3.5, 4, { pid: 9, to: 7.5 }))).toBeNull();
  });

  it("is null where the boot is not finished, or nothing is known of its units", () => {
    expect(boot(null, chain, keysWaited)).toBeNull();
    expect(correctedBoot(fold(emptyRecord(), [keysWaited]).record)).toBeNull();
  });

  it("follows the chain back to what was active within a millisecond of the start, which is the stamps' noise", () => {
    const names = (doneAt: number) =>
      boot(
        5,
        [unit("a.service", 2, doneAt), unit("b.service", 3, 4, "a.service")],
        wait(3.5, 0.25, { pid: 1, to: 3.75 }),
      )?.chain.map(({ name }) => name);
    expect([names(3.001), names(3.002)]).toEqual([["b.service", "a.service"], ["b.service"]]);
  });

  it("keeps the 32 last units of a chain, and the 64 units that were delayed most", () => {
    const names = Array.from({ length: 70 }, (_, index) => `unit-${String(index).padStart(2, "0")}.service`);
    const row = names.map((name, index) =>
      unit(name, 10 + index, 11 + index, ...(names[index - 1] === undefined ? [] : [names[index - 1] as string])),
    );
    const waits = names.map((name, index) => wait(10 + index, 0.5, { pid: 100 + index, unit: name, to: 10.5 + index }));
    const diagnosed = boot(80, row, ...waits);
    expect([diagnosed?.chain.length, diagnosed?.chain[0]?.name, diagnosed?.delayed.length]).toEqual([
      32,
      "unit-69.service",
      64,
    ]);
  });

  it("lists units that waited for a millisecond, which is more than the stamps' noise", () => {
    const delayed = (seconds: number) =>
      boot(5, [unit("a.service", 2, 3)], wait(2, seconds, { pid: 7, unit: "a.service", to: 2 + seconds }))?.delayed;
    expect(delayed(0.001)).toEqual([{ name: "a.service", ownSeconds: 0.001, heldSeconds: 0, behind: null }]);
    expect(delayed(0.0009)).toEqual([]);
  });

  it("lists none that was blocked by noise alone", () => {
    const units = [unit("a.service", 2, 3), unit("b.service", 3.5, 4, "a.service")];
    const held = (seconds: number) =>
      boot(5, units, wait(2, seconds, { pid: 7, unit: "a.service", to: 2 + seconds }))?.delayed.map(({ name }) => name);
    expect([held(0.5), held(0.0009)]).toEqual([["a.service", "b.service"], []]);
  });

  it("does not loop where units are ordered in a circle", () => {
    const circle = [unit("a.service", 3, 3, "b.service"), unit("b.service", 3, 3, "a.service")];
    expect(boot(5, circle, keysWaited)?.chain.length).toBeLessThanOrEqual(2);
  });
});
