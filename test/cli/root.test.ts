import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hostFolder, temporaryFolder } from "../support/host/host-folder.ts";
import { crngwatch } from "../support/running/program.ts";

const secret = "SECRET-of-another-folder";

/** A folder outside of each host, with a file that must not be read and a place that must not be written. */
function outside(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "secret"), `${secret}\n`);
  return folder;
}

/** All that --root prints, in the three forms. */
async function printed(top: string): Promise<string> {
  const calls = [["status"], ["report"], ["report", "--json"], ["metrics"], ["recorder", "status"]];
  const ended = await Promise.all(calls.map((words) => crngwatch([...words, "--root", top])));
  expect(ended.filter(({ code, stderr }) => typeof code !== "number" || /defect|\n +at /.test(stderr))).toEqual([]);
  return ended.map(({ stdout, stderr }) => stdout + stderr).join("\n");
}

describe("--root: nothing outside of the folder is read", () => {
  it.each([
    "proc/cmdline",
    "proc/version",
    "proc/sys/kernel/osrelease",
    "proc/sys/kernel/random/boot_id",
    "dev/kmsg",
    "sys/class/dmi/id/sys_vendor",
    "etc/default/grub",
    "etc/os-release",
  ])("by a link in place of %s, absolute or relative", async (path) => {
    const folder = outside();
    for (const target of [join(folder, "secret"), `${"../".repeat(40)}${join(folder, "secret")}`]) {
      const top = hostFolder({ "proc/uptime": "9.50 9.00\n", "proc/sys/kernel/osrelease": "6.1.0\n" });
      rmSync(join(top, path), { force: true });
      mkdirSync(join(top, path, ".."), { recursive: true });
      symlinkSync(target, join(top, path));
      expect(await printed(top)).not.toContain(secret);
    }
  });

  it("by a link in place of a folder", async () => {
    const folder = outside();
    writeFileSync(join(folder, "cmdline"), `${secret}\n`);
    const top = temporaryFolder();
    symlinkSync(folder, join(top, "proc"));
    expect(await printed(top)).not.toContain(secret);
  });

  it("and an absolute link inside means a path inside", async () => {
    const top = hostFolder({ "proc/sys/kernel/osrelease": "6.1.0\n", "a/text": "quiet inside=1\n" });
    symlinkSync("/a/text", join(top, "proc/cmdline"));
    const { stdout } = await crngwatch(["report", "--json", "--root", top]);
    expect(stdout).toContain('"commandLine": "quiet inside=1"');
  });

  it("and what is a device, a FIFO or a folder in place of a file is not opened", async () => {
    const top = hostFolder({ "proc/uptime": "9.50 9.00\n" });
    execFileSync("mkfifo", [join(top, "proc/cmdline"), join(top, "proc/version")]);
    mkdirSync(join(top, "dev"));
    execFileSync("mkfifo", [join(top, "dev/kmsg")]);
    mkdirSync(join(top, "proc/cpuinfo"));
    if (process.getuid?.() === 0) execFileSync("mknod", [join(top, "proc/modules"), "c", "1", "8"]);
    expect(await printed(top)).toContain("CRNG");
  });

  it("and a socket in it is not queried", async () => {
    const top = hostFolder({ "run/crngwatch/x": "" });
    let asked = 0;
    const server = createServer((client) => {
      asked++;
      client.end('{"parameters":{"text":"\\u001b[2Jready","level":"ready","settled":true}}\0');
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(join(top, "run/crngwatch/io.crngwatch"), resolve));
    expect((await crngwatch(["status", "--root", top])).code).toBe(4);
    expect(asked).toBe(0);
    const named = await crngwatch(["status", "--socket", join(top, "run/crngwatch/io.crngwatch")]);
    expect(named.stdout).toContain("\\x1b[2Jready");
    expect(named.stdout).not.toContain("\u001b");
  });
});

describe("recorder arm --root: nothing outside of the folder is written", () => {
  const defaults = 'GRUB_CMDLINE_LINUX="quiet"\n';
  const machine = {
    "usr/sbin/update-grub": "",
    "boot/config-6.1.0": "CONFIG_KPROBES=y\nCONFIG_KPROBE_EVENTS=y\nCONFIG_BOOTTIME_TRACING=y\n",
    "proc/sys/kernel/osrelease": "6.1.0\n",
    "proc/uptime": "9.50 9.00\n",
  };

  it.each(["a link in place of the file", "a link in place of its folder"])("by %s", async (what) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "grub"), defaults);
    const top = hostFolder(machine);
    mkdirSync(join(top, "etc"));
    if (what.endsWith("folder")) symlinkSync(folder, join(top, "etc/default"));
    else {
      mkdirSync(join(top, "etc/default"));
      symlinkSync(join(folder, "grub"), join(top, "etc/default/grub"));
    }
    for (const words of [["arm"], ["disarm"]]) await crngwatch(["recorder", ...words, "--yes", "--root", top]);
    expect(readFileSync(join(folder, "grub"), "utf8")).toBe(defaults);
    expect(existsSync(join(folder, "grub.d"))).toBe(false);
  });

  it("and an absolute link inside is followed inside", async () => {
    const top = hostFolder({ ...machine, "config/grub": defaults, "etc/default/x": "" });
    symlinkSync("/config/grub", join(top, "etc/default/grub"));
    const { code, stderr } = await crngwatch(["recorder", "arm", "--yes", "--root", top]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readFileSync(join(top, "config/grub"), "utf8")).toContain("crngwatch");
    expect(lstatSync(join(top, "etc/default/grub")).isSymbolicLink()).toBe(true);
  });
});
