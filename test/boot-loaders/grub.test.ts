import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { grub } from "../../src/boot-loaders/grub.ts";
import { hostFolder, temporaryFolder } from "../support/host/host-folder.ts";
import { program, run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";
import { actingHost, arm, contentsOf, disarm, putProgram, whyNoMounts } from "./acting-host.ts";

const probes =
  "p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits";
const defaults =
  'GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="net.ifnames=0"\n';

describe("the back end for GRUB", () => {
  it.each<[program: string, words: string]>([
    ["usr/sbin/update-grub", ""],
    ["usr/sbin/grub2-mkconfig", "-o TOP/boot/grub2/grub.cfg"],
    ["usr/bin/grub-mkconfig", "-o TOP/boot/grub/grub.cfg"],
  ])("changes the defaults and runs %s", async (generator, words) => {
    const top = hostFolder({
      "etc/default/grub": defaults,
      [words.includes("grub2/") ? "boot/grub2/grub.cfg" : "boot/grub/grub.cfg"]: "\tlinux /vmlinuz ro\n",
    });
    putProgram(top, generator, `echo "$*" >>${top}/calls`);
    expect(await arm(grub, actingHost(top))).toHaveLength(1);
    expect(readFileSync(join(top, "calls"), "utf8")).toBe(`${words.replace("TOP", top)}\n`);
    expect(readFileSync(join(top, "etc/default/grub"), "utf8")).toContain(
      `net.ifnames=0 kprobe_event='${probes}' trace_event=sched:sched_process_exec"\n`,
    );
  });

  it("has Fedora's generator change entries that are files of their own", async () => {
    const top = hostFolder({
      "etc/default/grub": `${defaults}GRUB_ENABLE_BLSCFG=true\n`,
      "boot/grub2/grub.cfg": "blscfg\n",
    });
    putProgram(top, "usr/sbin/grub2-mkconfig", `# --update-bls-cmdline\necho "$*" >>${top}/calls`);
    await arm(grub, actingHost(top));
    expect(readFileSync(join(top, "calls"), "utf8")).toBe(`-o ${top}/boot/grub2/grub.cfg --update-bls-cmdline\n`);
  });

  it("keeps mode and owner, follows a link, and leaves nothing beside", async () => {
    const top = hostFolder({ "etc/default/grub": defaults, "boot/grub/grub.cfg": "" });
    putProgram(top, "usr/sbin/update-grub", ":");
    mkdirSync(join(top, "srv"));
    renameSync(join(top, "etc/default/grub"), join(top, "srv/grub"));
    symlinkSync("../../srv/grub", join(top, "etc/default/grub"));
    chmodSync(join(top, "srv/grub"), 0o640);
    if (process.getuid?.() === 0) chownSync(join(top, "srv/grub"), 1234, 4321);
    const before = contentsOf(top);
    await arm(grub, actingHost(top));
    const { mode, uid, gid } = statSync(join(top, "srv/grub"));
    expect([mode & 0o7777, uid, gid]).toEqual(
      process.getuid?.() === 0 ? [0o640, 1234, 4321] : [0o640, process.getuid?.(), process.getgid?.()],
    );
    expect([...contentsOf(top).keys()]).toEqual([...before.keys()]);
    await disarm(grub, actingHost(top));
    expect(contentsOf(top)).toEqual(before);
  });

  it("removes a file that it had to make", async () => {
    const top = hostFolder({ "etc/default/other": "", "boot/grub/grub.cfg": "" });
    putProgram(top, "usr/sbin/update-grub", ":");
    const before = contentsOf(top);
    await arm(grub, actingHost(top));
    expect(readFileSync(join(top, "etc/default/grub"), "utf8")).toMatch(
      /^# Made by crngwatch recorder arm\nGRUB_CMDLINE_LINUX="\$GRUB_CMDLINE_LINUX kprobe_event='p:/,
    );
    expect(await grub.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
    await disarm(grub, actingHost(top));
    expect(contentsOf(top)).toEqual(before);
  });

  it("says what is done when the generator fails, and goes on from there", async () => {
    const top = hostFolder({ "etc/default/grub": defaults, "boot/grub/grub.cfg": "\tlinux /vmlinuz ro\n" });
    putProgram(top, "usr/sbin/update-grub", "echo 'no room' >&2; exit 1");
    await expect(arm(grub, actingHost(top))).rejects.toThrow(
      `Cannot run '${top}/usr/sbin/update-grub': no room; done until then: '${top}/etc/default/grub'; the same command again goes on from there, and the opposite one ('arm', 'disarm') takes it back`,
    );
    expect(await grub.nextBoot(actingHost(top))).toEqual({
      armed: null,
      problem: `'${top}/etc/default/grub' and '${top}/boot/grub/grub.cfg' differ: the latter is to be made anew`,
    });
    putProgram(
      top,
      "usr/sbin/update-grub",
      `printf '\\tlinux /vmlinuz ro kprobe_event=p:crngwatch/\\n' >${top}/boot/grub/grub.cfg`,
    );
    expect(await arm(grub, actingHost(top))).toHaveLength(1);
    expect(await arm(grub, actingHost(top))).toEqual([]);
    expect(await grub.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
  });

  it("changes nothing that is no text", async () => {
    const top = hostFolder({ "etc/default/grub": Buffer.from("# \xe9\n", "latin1") });
    putProgram(top, "usr/sbin/update-grub", ":");
    await expect(arm(grub, actingHost(top))).rejects.toThrow(
      `Cannot change '${top}/etc/default/grub': it is not UTF-8`,
    );
  });
});

const reason =
  whyNoMounts ?? whyMissing("/usr/sbin/update-grub", "/usr/sbin/grub-mkconfig", "/usr/bin/grub-script-check");
if (reason !== null) console.warn(`real grub-mkconfig: ${reason}`);

describe.skipIf(reason !== null)("with the real update-grub", () => {
  /**
   * Runs a script where /etc/default, /boot and the kernel's symbols are those of the folder. Its root is this host's
   * in all but the mark of a container, in which `recorder` refuses to arm; grub-probe looks at the host's own root.
   */
  const onHost = (top: string, script: string): ReturnType<typeof run> => {
    const root = temporaryFolder();
    return run("unshare", [
      "--mount",
      "sh",
      "-ec",
      `mount -t tmpfs none ${root}; mkdir ${root}/upper ${root}/work ${root}/root
mount -t overlay none -o lowerdir=/,upperdir=${root}/upper,workdir=${root}/work ${root}/root
cd ${root}/root
rm -f .dockerenv usr/sbin/grub-probe
printf '#!/bin/sh\nexec chroot /proc/%s/root grub-probe "$@"\n' $$ >usr/sbin/grub-probe; chmod +x usr/sbin/grub-probe
for each in proc sys dev run tmp; do mount --rbind /$each $each; done
mount --bind ${top}/etc/default etc/default; mount --bind ${top}/boot boot; mount --bind ${top}/kallsyms proc/kallsyms
chroot . sh -ec "$0"`,
      script,
    ]);
  };

  it("GRUB's menu holds the arguments, quoted so that its shell keeps them whole, and disarm makes it as it was", async () => {
    const top = hostFolder({
      "etc/default/grub": defaults.replace("quiet", "quiet trace_event=x:y"),
      "boot/vmlinuz-6.1.0-1-amd64": "",
      "boot/initrd.img-6.1.0-1-amd64": "",
      "boot/grub/grubenv": "",
      kallsyms: "0 t set_kprobe_boot_events\n0 t setup_trace_event\n",
    });
    const first = await onHost(top, `update-grub; '${program}' recorder status`);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/^next boots: not armed \(grub\)$/m);
    const before = contentsOf(top);

    const armed = await onHost(
      top,
      `'${program}' recorder arm --yes; '${program}' recorder arm --yes; '${program}' recorder status; grub-script-check /boot/grub/grub.cfg`,
    );
    expect(armed).toMatchObject({ code: 0, stderr: "" });
    expect(armed.stdout).toMatch(
      /is armed for the next boots \(grub\): restart this machine for that to take effect\n.*is armed for the next boots already \(grub\): nothing to change; restart this machine for that to take effect\nnext boots: armed \(grub\)\n/s,
    );
    const lines = readFileSync(join(top, "boot/grub/grub.cfg"), "utf8").match(/^\s*linux\s.*$/gm) ?? [];
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect(line).toMatch(
        / kprobe_event='p:crngwatch\/wait,wait_for_random_bytes;r512:crngwatch\/waited,wait_for_random_bytes;p:crngwatch\/gen,try_to_generate_entropy;r512:crngwatch\/gend,try_to_generate_entropy;p:crngwatch\/drbg,crypto_devrandom_read_iter;r512:crngwatch\/drbgd,crypto_devrandom_read_iter;r:crngwatch\/credit,_credit_init_bits'(?: |$)/,
      );
    expect(lines.filter((line) => line.endsWith(" quiet trace_event=sched:sched_process_exec,x:y"))).toHaveLength(2);

    const disarmed = await onHost(top, `'${program}' recorder disarm --yes; '${program}' recorder disarm --yes`);
    expect(disarmed).toMatchObject({ code: 0, stderr: "" });
    expect(contentsOf(top)).toEqual(before);
  });

  it("shows in a dry run what then is done, and does nothing", async () => {
    const top = hostFolder({
      "etc/default/grub": defaults,
      "boot/grub/grub.cfg": "",
      kallsyms: "0 t setup_trace_event\n",
    });
    const before = contentsOf(top);
    const { code, stdout } = await onHost(top, `'${program}' recorder arm --dry-run`);
    expect(code).toBe(0);
    expect(stdout)
      .toBe(`By grub: GRUB (Debian, Ubuntu, Arch, Gentoo, openSUSE); this kernel takes trace_event=, not kprobe_event= (5.3, CONFIG_KPROBE_EVENTS)
--- /etc/default/grub
+++ /etc/default/grub
@@ -1,4 +1,4 @@
 GRUB_DEFAULT=0
 GRUB_TIMEOUT=5
 GRUB_CMDLINE_LINUX_DEFAULT="quiet"
-GRUB_CMDLINE_LINUX="net.ifnames=0"
+GRUB_CMDLINE_LINUX="net.ifnames=0 trace_event=syscalls:sys_enter_getrandom"
runs: /usr/sbin/update-grub
`);
    expect(contentsOf(top)).toEqual(before);
  });
});
