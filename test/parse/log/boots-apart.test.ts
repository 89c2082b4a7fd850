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

  it("are another boot's if a step or the CRNG's messages are repeated", () => {
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

describe("the kernel's last word", () => {
  const panic = "---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000200 ]---";
  const lastLines = (...lines: readonly string[]) =>
    bootsIn(`[    0.500000] usb 1-1: new device\n${lines.join("\n")}\n`).map(({ covers }) => covers?.lastLine);

  it("ends its boot: a stamp that runs back a little after it is another's", () => {
    expect(lastLines(`[    0.716409] ${panic}`, "[    0.634854] Run /init as init process")).toEqual([2, 3]);
    expect(lastLines("[    0.716409] reboot: Restarting", "[    0.634854] Run /init as init process")).toEqual([3]);
  });

  it("may be followed by what another processor printed at that moment", () => {
    expect(lastLines(`[    0.716409] ${panic}`, "[    0.716390] CPU: 1 PID: 1 Comm: init")).toEqual([3]);
    expect(lastLines(`[    0.716409] ${panic}`, "[    0.697409] CPU: 1 PID: 1 Comm: init")).toEqual([3]);
    expect(lastLines(`[    0.716409] ${panic}`, "[    0.695409] CPU: 1 PID: 1 Comm: init")).toEqual([2, 3]);
  });

  it("or a command that starts a machine stands between two boots", () => {
    const behind = (command: string) => lastLines(command, "[    0.400000] Run /init as init process");
    expect(behind("$ timeout 30s qemu-system-riscv64 -M virt")).toHaveLength(2);
    expect(behind("# virsh console box")).toHaveLength(2);
    expect(behind("$ qemu-img info disk")).toHaveLength(1);
  });
});

describe("lines that a report shows again or for comparison", () => {
  const one = "[    0.129822] pid_max: default: 32768";
  const next = "[    0.173927] smpboot: CPU0: some processor";

  it("are another boot's after words that announce them as expected, and not after other words", () => {
    const boots = (words: string) => bootsIn(`${one}\n\n${words}\n\n\`\`\`\n${next}\n`).length;
    expect(boots("In a good boot, the next line should be:")).toBe(2);
    expect(boots("And then it goes on:")).toBe(1);
  });

  it("are one boot where stamps run back at the log's end and such words come only after them", () => {
    const later = "[  641.500120] usb 1-1: reset";
    const boots = (words: string) =>
      bootsIn(`${later}\n\n${one}\n${next}\n\n${words}\n`).map(({ covers }) => covers?.firstLine);
    expect(boots("The other one works as expected:")).toEqual([1, 3]);
    expect(boots(`As expected:\n${next}`)).toEqual([1, 3, 7]);
  });

  it("are of one boot though date(1) printed the time between them", () => {
    const later = "[    7.500120] usb 1-1: reset";
    const date = (second: number) => `Thu Mar  7 09:15:0${second} UTC 2024`;
    expect(bootsIn(`${one}\n${date(2)}\n${next}\n${date(3)}\n${later}\n`)).toHaveLength(1);
  });

  it("are another boot's where a command prints them again with stamps that run back", () => {
    const first = "[    0.000000] random: get_random_bytes called from start_kernel+0x94/0x530 with crng_init=0";
    const done = (at: string) => `[    ${at}] random: crng done (trusting CPU's manufacturer)`;
    const boots = (command: string) =>
      bootsIn(`${command}\n${first}\n${done("0.314029")}\n${command}\n${first}\n${done("0.314031")}\n`).length;
    expect(boots("crash> dmesg | grep random:")).toBe(2);
    expect(boots("crash> ps")).toBe(1);
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

  it("begins after the lines of a machine that goes down", () => {
    const boots = bootsIn(
      `Sep 03 20:46:01 host systemd[1]: Reached target Shutdown.\nSep 03 20:46:02 host kernel: reboot: Restarting system\n${head}`,
    );
    expect(boots.map(({ covers }) => covers?.firstLine)).toEqual([1, 3]);
  });
});

describe("a version line without a stamp", () => {
  it("is a program's, which shows /proc/version, where the kernel stamps its lines", () => {
    const boots = bootsIn(
      `[    0.634854] Run /init as init process\n[    1.329410] random: dd: uninitialized urandom read (512 bytes read)\n${version}\n[    4.412388] reboot: Power down\n`,
    );
    expect(boots).toHaveLength(1);
  });

  const fromStart = (text: string): unknown => bootsIn(text)[0]?.covers?.fromStart;

  it("is the boot's start where the lines after it have no stamp, or the first one 0", () => {
    expect(fromStart(`${version}\nrandom: crng init done\n`)).toBe(true);
    expect(fromStart(`${version}\n[    0.000000] random: crng init done\n`)).toBe(true);
  });

  it("is the start of the boot whose machine was printed before it, not of another one", () => {
    const machine = "Booting Linux on physical CPU 0x0";
    expect(bootsIn(`${machine}\n${version}\nrandom: crng init done\n`)).toHaveLength(1);
    expect(bootsIn(`random: crng init done\n${machine}\n${version}\n`)).toHaveLength(2);
  });

  it("is what a person put above a log whose start is lost, where the first stamp is later", () => {
    expect(fromStart(`${version}\n[    0.250000] random: crng init done\n`)).toBe(false);
  });
});
