import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootc } from "../../src/boot-loaders/bootc.ts";
import { hostFolder, temporaryFolder } from "../support/host/host-folder.ts";
import { whyMissing } from "../support/running/programs.ts";
import { actingHost, arm, contentsOf, disarm, putProgram } from "./acting-host.ts";

const words =
  'kprobe_event="p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits"';
const exec = "trace_event=sched:sched_process_exec";

describe("the back end for bootc", () => {
  it("gives libostree the whole line of the newest deployment, but the deployment's own name", async () => {
    const top = hostFolder({
      "run/ostree-booted": "",
      "boot/loader/entries/ostree-1-os.conf":
        "title old\nversion 1\noptions root=UUID=0 ostree=/ostree/boot.0/os/a/0\n",
      "boot/loader/entries/ostree-2-os.conf":
        'title new\nversion 2\noptions root=UUID=1 rw note="a b" ostree=/ostree/boot.0/os/b/0 trace_event=x:y\n',
    });
    putProgram(top, "usr/bin/ostree", `printf '%s\\n' "$@" >${top}/calls`);
    await arm(bootc, actingHost(top));
    expect(readFileSync(join(top, "calls"), "utf8").split("\n")).toEqual([
      "admin",
      "instutil",
      "set-kargs",
      "root=UUID=1",
      "rw",
      'note="a b"',
      `${exec},x:y`,
      words,
      "",
    ]);
  });

  it("says what to do where the arguments are the image's", async () => {
    const top = hostFolder({ "usr/bin/bootc": "", "proc/cmdline": "composefs=0123 rw\n" });
    await expect(arm(bootc, actingHost(top))).rejects.toThrow(
      /belongs to the image; put kargs = \["kprobe_event=p:crngwatch\/wait.*", "trace_event=sched:sched_process_exec"\] into a file of the image's \/usr\/lib\/bootc\/kargs\.d$/,
    );
  });
});

const reason = process.getuid?.() === 0 ? whyMissing("/usr/bin/ostree") : "needs root";
if (reason !== null) console.warn(`real ostree: ${reason}`);

it.skipIf(reason !== null)(
  "the real libostree writes the line into the next deployment's entry as it is given, and removes it again",
  async () => {
    const top = temporaryFolder();
    // Without the flag on its folders that keeps even root from removing them.
    const removable = "mutable-deployments";
    const ostree = (...rest: readonly string[]): void => {
      const { status, stderr } = spawnSync("/usr/bin/ostree", rest, {
        encoding: "utf8",
        cwd: top,
        env: { ...process.env, OSTREE_SYSROOT_DEBUG: removable },
      });
      expect({ rest, status, stderr: status === 0 ? "" : stderr }).toEqual({ rest, status: 0, stderr: "" });
    };
    for (const folder of ["tree/usr/lib/modules/6.1.0", "tree/usr/etc", "tree/boot", "tree/var", "tree/sysroot"])
      mkdirSync(join(top, folder), { recursive: true });
    const files = {
      "tree/usr/lib/modules/6.1.0/vmlinuz": "kernel",
      "tree/usr/lib/modules/6.1.0/initramfs.img": "initramfs",
      "tree/usr/lib/os-release": "ID=fedora\nPRETTY_NAME=Fedora\n",
    };
    for (const [path, text] of Object.entries(files))
      spawnSync("sh", ["-c", 'printf %s "$1" >"$2"', "sh", text, join(top, path)]);
    ostree("admin", "init-fs", top);
    ostree("admin", `--sysroot=${top}`, "os-init", "os");
    ostree(`--repo=${top}/ostree/repo`, "commit", "-b", "os/stable", "--tree=dir=tree");
    ostree(
      "admin",
      `--sysroot=${top}`,
      "deploy",
      "--os=os",
      "os/stable",
      "--karg=root=UUID=1",
      "--karg=rw",
      "--karg=trace_event=x:y",
      "--karg=quiet",
    );
    mkdirSync(join(top, "run"), { recursive: true });
    putProgram(top, "run/ostree-booted", "");
    putProgram(
      top,
      "usr/bin/ostree",
      `[ "$1" = admin ] && shift && OSTREE_SYSROOT_DEBUG=${removable} exec /usr/bin/ostree admin --sysroot=${top} "$@"`,
    );
    const entries = join(top, "boot/loader/entries");
    const options = (): string | undefined =>
      /^options (.*) ostree=\S+$/m.exec(readFileSync(join(entries, readdirSync(entries)[0] ?? ""), "utf8"))?.[1];

    await arm(bootc, actingHost(top));
    expect(options()).toBe(`root=UUID=1 rw ${exec},x:y quiet ${words}`);
    expect(await bootc.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
    expect(await arm(bootc, actingHost(top))).toEqual([]);
    await disarm(bootc, actingHost(top));
    expect(options()).toBe("root=UUID=1 rw trace_event=x:y quiet");
    expect(contentsOf(entries).size).toBe(1);
  },
);
