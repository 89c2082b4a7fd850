import { readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostFolder } from "../../support/host/host-folder.ts";
import { crngwatch, program, run } from "../../support/running/program.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { contentsOf, putProgram } from "../../boot-loaders/acting-host.ts";

const defaults = 'GRUB_CMDLINE_LINUX=""\n';

function folderHost(): string {
  const top = hostFolder({ "etc/default/grub": defaults, "boot/grub/grub.cfg": "", "proc/cmdline": "ro quiet\n" });
  putProgram(top, "usr/sbin/update-grub", `echo ran >${top}/ran`);
  return top;
}

describe("recorder", () => {
  it.each<[words: readonly string[], said: string]>([
    [[], "recorder needs one of status, arm, disarm"],
    [["start"], "recorder needs one of status, arm, disarm, and 'start' was given"],
    [["arm", "disarm"], "recorder needs one of status, arm, disarm, and 'arm disarm' was given"],
    [["arm", "--json"], "Option --json has no effect on 'recorder arm': it is for 'recorder status'"],
    [["arm", "--dry-run", "--yes"], "Option --yes has no effect with --dry-run: leave one of them out"],
  ])("%j is wrong usage", async (words, said) => {
    expect(await crngwatch(["recorder", ...words])).toEqual({ code: 2, stdout: "", stderr: `crngwatch: ${said}\n` });
  });

  it("asks no question without a terminal, and changes nothing then", async () => {
    const top = folderHost();
    const before = contentsOf(top);
    for (const words of [["arm"], ["arm", "--dry-run"], ["status"], ["disarm"]])
      await run("sh", ["-c", '"$0" recorder "$@" </dev/null', program, ...words, "--root", top]);
    expect(contentsOf(top)).toEqual(before);
    const { code, stderr } = await run("sh", ["-c", '"$0" recorder arm --root "$1" </dev/null', program, top]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "crngwatch: Standard input is not a terminal, nothing was changed: use --yes to proceed without a question, --dry-run to show the change\n",
    });
  });

  const reason = whyMissing("script");
  it.skipIf(reason !== null)("asks at a terminal, and accepts only a yes", async () => {
    const top = folderHost();
    const answered = (answer: string): ReturnType<typeof run> =>
      run("sh", [
        "-c",
        `printf '%s' "$1" | script -qec "'$0' recorder arm --root '$2'" /dev/null`,
        program,
        answer,
        top,
      ]);
    for (const answer of ["n\n", "\n", "yesterday\n", "\x04"]) {
      expect(await answered(answer)).toMatchObject({ code: 1 });
      expect(readFileSync(join(top, "etc/default/grub"), "utf8")).toBe(defaults);
    }
    expect((await answered("y\n")).stdout).toMatch(/Change this\? \[y\/N\] .*is armed for the next boots/s);
    expect(readFileSync(join(top, "etc/default/grub"), "utf8")).toContain("kprobe_event='p:crngwatch/wait");
  });

  it("changes the files of a folder, and says what that host has yet to run", async () => {
    const top = folderHost();
    const { code, stdout } = await crngwatch(["recorder", "arm", "--yes", "--root", top]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\nto be run on that host, not here: \/usr\/sbin\/update-grub\nThe flight recorder is armed for the next boots \(grub\): run '\/usr\/sbin\/update-grub' on that host, then restart it for that to take effect\n$/,
    );
    expect(stdout).not.toContain("runs: ");
    expect(contentsOf(top).has("ran")).toBe(false);
    expect((await crngwatch(["recorder", "disarm", "--yes", "--root", top])).code).toBe(0);
    expect(readFileSync(join(top, "etc/default/grub"), "utf8")).toBe(defaults);
  });

  it("announces no change that it cannot make, says what is wrong, and leaves nothing behind", async () => {
    for (const target of ["/dev/null", "nothing", "/etc/default/nothing"]) {
      const top = folderHost();
      rmSync(join(top, "etc/default/grub"));
      symlinkSync(target, join(top, "etc/default/grub"));
      for (const words of [["--yes"], ["--dry-run"]]) {
        const { code, stdout, stderr } = await crngwatch(["recorder", "arm", ...words, "--root", top]);
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
        expect(stderr).toMatch(
          /^crngwatch: Cannot write '.*\/etc\/default\/grub': '.*\/etc\/default\/grub' is a symbolic link; nothing is changed\n$/,
        );
      }
      expect(readdirSync(join(top, "etc/default"))).toEqual(["grub"]);
    }
  });

  it("prints its status as text and as JSON", async () => {
    const top = folderHost();
    expect(await crngwatch(["recorder", "status", "--root", top])).toEqual({
      code: 0,
      stderr: "",
      stdout: "next boots: not armed (grub)\nthis boot: not armed\n",
    });
    const { stdout } = await crngwatch(["recorder", "status", "--json", "--root", top]);
    expect(JSON.parse(stdout)).toEqual({
      schema: "crngwatch.recorder/1",
      nextBoot: { backEnd: "grub", armed: false, problem: null },
      thisBoot: { armed: false, recording: null, events: [], off: [], hits: null, missed: null },
      obstacles: [],
      findings: [],
    });
  });

  it("shows a stranger's file without what it holds for a terminal", async () => {
    const top = hostFolder({
      "etc/default/grub": '# \u001b[31mred\u0007\nGRUB_CMDLINE_LINUX=""\n',
      "boot/grub/grub.cfg": "",
    });
    putProgram(top, "usr/sbin/update-grub", ":");
    const { stdout } = await crngwatch(["recorder", "arm", "--dry-run", "--root", top]);
    expect(stdout).toContain(String.raw` # \x1b[31mred\x07` + "\n");
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it("names what to add by hand where no way is known", async () => {
    const { code, stderr } = await crngwatch(["recorder", "arm", "--yes", "--root", hostFolder()]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^crngwatch: Cannot find how this host keeps its kernel command line: expected one of rpm-ostree, bootc, nixos, loader-entries, kernel-install, grubby, grub, extlinux, raspberry-pi; by hand, add kprobe_event="p:crngwatch\/wait,.*" trace_event=sched:sched_process_exec\n$/,
    );
  });
});
