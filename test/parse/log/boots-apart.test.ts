import { describe, expect, it } from "vitest";
import { bootsIn, log } from "./reading-logs.ts";

const version = "Linux version 6.1.0-9-example (build@host) (gcc) #1 SMP 2026-01-01";

describe("stamps that run back", () => {
  it("are a second writer's, where the first goes on at once: one boot", () => {
    const boots = bootsIn(log`
      [    5.100000] dracut-pre-udev[327]: loading modules
      [    7.200000] dracut: refuses to go on
      [    5.150000] dracut-pre-udev[399]: modprobe: no such module
      [    7.250000] dracut: the end
    `);
    expect(boots.map(({ covers }) => covers?.lastLine)).toEqual([4]);
  });

  it("are those of two clocks, where each goes on: one boot", () => {
    const boots = bootsIn(log`
      [900000.100000] audit: first
      [   92.200000] systemd[1]: a unit
      [900000.300000] audit: second
      [  104.400000] app[218]: a step
    `);
    expect(boots).toHaveLength(1);
  });

  it("are another boot's, where a step is taken again or the CRNG's messages come again", () => {
    for (const step of ["dracut: step 1", "random: fast init done"]) {
      const boots = bootsIn(
        `[    3.100000] ${step}\n[   12.300000] app: failed\n[    3.200000] ${step}\n[   12.310000] app: failed\n`,
      );
      expect(boots, step).toHaveLength(2);
    }
  });

  it("are another boot's between two blocks of code, by however little", () => {
    const boots = bootsIn("[    3.700000] app: failed\n```\n\n```\n[    3.200000] app: begins\n");
    expect(boots).toHaveLength(2);
  });
});

describe("a boot by the wall clock", () => {
  const head = `Sep 03 20:47:46 host kernel: ${version}\nSep 03 20:47:46 host kernel: random: crng init done\n`;

  it("is one where it was printed once more", () => {
    expect(bootsIn(`${head}$ journalctl -k | head\n${head}`)).toHaveLength(1);
  });

  it("is another one in a log without talk between, or where the clock was never set", () => {
    expect(bootsIn(`${head}${head}`)).toHaveLength(2);
    const unset = head.replaceAll("Sep 03 20:47", "Jan  1 00:00");
    expect(bootsIn(`${unset}$ journalctl -k | head\n${unset}`)).toHaveLength(2);
  });

  it("begins behind the lines of a machine that goes down", () => {
    const boots = bootsIn(
      `Sep 03 20:46:01 host systemd[1]: Reached target Shutdown.\nSep 03 20:46:02 host kernel: reboot: Restarting system\n${head}`,
    );
    expect(boots.map(({ covers }) => covers?.firstLine)).toEqual([1, 3]);
  });
});
