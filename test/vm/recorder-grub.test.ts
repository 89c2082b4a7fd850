import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { armGrub } from "../../src/parse/command-line/grub-defaults.ts";
import { parseCommandLine } from "../../src/parse/command-line/command-line.ts";
import { whyNoMounts } from "../boot-loaders/acting-host.ts";
import { hostFolder } from "../support/host/host-folder.ts";
import { run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";
import { fetchKernel } from "./lab/kernels.ts";
import { skipReason } from "./lab/requirements.ts";

const reason =
  skipReason() ??
  whyNoMounts ??
  whyMissing("/usr/sbin/update-grub", "/usr/bin/grub-mkrescue", "xorriso", "mformat") ??
  (existsSync("/usr/lib/grub/i386-pc/linux.mod") ? null : "not installed: grub-pc-bin");
if (reason !== null) console.warn(`GRUB itself: ${reason}`);

it.skipIf(reason !== null)(
  "what arm writes passes update-grub and GRUB whole, ';' and a stranger's quotes included",
  async () => {
    const strangers =
      'GRUB_CMDLINE_LINUX="note=a kprobe_event=\\"p:mine,foo;r:mine,foo\\""\nGRUB_CMDLINE_LINUX_DEFAULT=\'trace_event="x:y" quiet\'\n';
    const [defaults] = armGrub([{ path: "/etc/default/grub", text: strangers }], "kprobes");
    const top = hostFolder({
      "etc/default/grub": defaults?.text ?? "",
      "boot/vmlinuz-6.12.0-1": "",
      "boot/grub/grubenv": "",
    });
    const made = await run("unshare", [
      "--mount",
      "sh",
      "-ec",
      `mount --bind ${top}/etc/default /etc/default; mount --bind ${top}/boot /boot; update-grub`,
    ]);
    expect(made.code).toBe(0);
    const [, given] =
      /^\s*linux\s+\S+ root=\S+ (.*)$/m.exec(readFileSync(join(top, "boot/grub/grub.cfg"), "utf8")) ?? [];

    mkdirSync(join(top, "disc/boot/grub"), { recursive: true });
    copyFileSync((await fetchKernel("6.12")).image, join(top, "disc/boot/vmlinuz"));
    writeFileSync(
      join(top, "disc/boot/grub/grub.cfg"),
      `set timeout=0\nserial --unit=0\nterminal_output serial\nmenuentry 'Linux' {\n\tlinux /boot/vmlinuz console=ttyS0 panic=-1 ${given} ignore_loglevel\n}\n`,
    );
    expect(await run("grub-mkrescue", ["-o", join(top, "disc.iso"), join(top, "disc")])).toMatchObject({ code: 0 });
    // Without a root the kernel panics, and QEMU ends: by then it has said what it was given.
    await run("qemu-system-x86_64", [
      "-nodefaults",
      "-no-reboot",
      "-display",
      "none",
      "-m",
      "512",
      "-smp",
      "1",
      "-accel",
      "tcg,thread=single",
      "-cpu",
      "qemu64",
      "-serial",
      `file:${top}/console`,
      "-cdrom",
      `${top}/disc.iso`,
    ]);
    const [, commandLine = ""] = /Kernel command line: (.*)/.exec(readFileSync(join(top, "console"), "utf8")) ?? [];
    const parameters = parseCommandLine(commandLine.trim());
    expect(parameters.slice(parameters.findIndex(([name]) => name === "ro"))).toEqual([
      ["ro", null],
      ["note", "a"],
      [
        "kprobe_event",
        "p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits;p:mine,foo;r:mine,foo",
      ],
      ["trace_event", "sched:sched_process_exec,x:y"],
      ["quiet", null],
      ["ignore_loglevel", null],
    ]);
  },
);
