import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseGrubbyEntries, grubby } from "../../src/boot-loaders/grubby.ts";
import { rootsBelow } from "../../src/platform/roots.ts";
import { aFolder, hostFolder } from "../support/host/host-folder.ts";
import { actingHost, arm, contentsOf, disarm, putProgram } from "./acting-host.ts";

const probes =
  "p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits";
const exec = "sched:sched_process_exec";

/**
 * Stands in for Fedora's grubby: `--info=ALL` prints the entries; of `--update-kernel`, `--remove-args` with bare names
 * takes all arguments of these names away, and `--args` takes those of its names away and puts its own at the end. Each
 * call is noted.
 */
const standIn = String.raw`
top=TOP
printf '%s\n' "$@" "" >>$top/calls
for word; do case $word in
  --info=ALL) index=0
    for entry in $top/boot/loader/entries/*.conf; do
      options=$(sed -n 's/^options //p' $entry)
      root=$(printf '%s' "$options" | grep -o 'root=[^ ]*')
      printf 'index=%s\nkernel="/boot%s"\nargs="%s"\nroot="%s"\ninitrd="/boot/i"\ntitle="A (b) \\"c\\""\nid="x"\n' $index "$(sed -n 's/^linux //p' $entry)" "$(printf '%s' "$options" | sed 's/root=[^ ]* *//')" "$root"
      index=$((index + 1))
    done; exit;;
  --update-kernel=*) kernel=${"$"}{word#*=};;
  --remove-args=*) gone=${"$"}{word#*=};;
  --args=*) added=${"$"}{word#*=};;
esac; done
for entry in $top/boot/loader/entries/*.conf; do
  [ $kernel = ALL ] || grep -q "^linux ${"$"}{kernel#/boot}$" $entry || continue
  options=$(sed -n 's/^options //p' $entry)
  for name in $gone $(for each in $added; do echo ${"$"}{each%%=*}; done); do
    options=$(printf '%s' "$options" | sed -E "s/(^| )$name(=[^ ]*)?( |$)/ /g; s/(^| )$name(=[^ ]*)?( |$)/ /g; s/  */ /g; s/ $//")
  done
  options="$options${"$"}{added:+ $added}"
  { grep -v '^options ' $entry; printf 'options %s\n' "$options"; } >$top/new && cat $top/new >$entry && rm $top/new
done`;

const entryOf = (version: string, options: string): string =>
  `title Fedora Linux (${version}) 42\nversion ${version}\nlinux /vmlinuz-${version}\noptions ${options}\n`;

function hostWith(...options: readonly string[]): string {
  const entries = options.map(
    (each, index) => [`boot/loader/entries/id-6.${index}.conf`, entryOf(`6.${index}`, each)] as const,
  );
  const top = hostFolder({ "boot/grub2": aFolder, calls: "", ...Object.fromEntries(entries) });
  putProgram(top, "usr/sbin/grubby", standIn.replace("TOP", top));
  return top;
}

const lastCallOf = (top: string): readonly string[] =>
  readFileSync(join(top, "calls"), "utf8").trimEnd().split("\n\n").at(-1)?.split("\n") ?? [];
const optionsIn = (top: string, index: number): string | undefined =>
  /^options (.*)$/m.exec(readFileSync(join(top, `boot/loader/entries/id-6.${index}.conf`), "utf8"))?.[1];

describe("the back end for grubby", () => {
  it("reads what grubby prints", () => {
    expect(
      parseGrubbyEntries(
        'index=0\nkernel="/boot/vmlinuz-6.1"\nargs="ro note="a b" quiet"\nroot="UUID=1"\ninitrd="/boot/i"\ntitle="F"\nindex=1\nkernel="/boot/vmlinuz-6.2"\nargs=""\nindex=2\nnon linux entry\n',
      ),
    ).toEqual([
      { kernel: "/boot/vmlinuz-6.1", options: 'ro note="a b" quiet' },
      { kernel: "/boot/vmlinuz-6.2", options: "" },
    ]);
  });

  it("changes all entries with one call, so that future kernels have it, and restores them byte for byte", async () => {
    const top = hostWith("root=UUID=1 ro rhgb quiet", "root=UUID=1 ro");
    const before = new Map(contentsOf(top));
    await arm(grubby, actingHost(top));
    expect(lastCallOf(top)).toEqual(["--update-kernel=ALL", `--args=kprobe_event='${probes}' trace_event=${exec}`]);
    expect(optionsIn(top, 0)).toBe(`root=UUID=1 ro rhgb quiet kprobe_event='${probes}' trace_event=${exec}`);
    expect(await grubby.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
    expect(await arm(grubby, actingHost(top))).toEqual([]);
    await disarm(grubby, actingHost(top));
    expect(lastCallOf(top)).toEqual(["--update-kernel=ALL", "--remove-args=kprobe_event trace_event"]);
    expect(new Map([...contentsOf(top)].filter(([name]) => name !== "calls"))).toEqual(
      new Map([...before].filter(([name]) => name !== "calls")),
    );
  });

  it("gives a stranger's arguments again with ours, and alone afterwards", async () => {
    const top = hostWith("ro kprobe_event=p:mine,foo trace_event=x:y");
    await arm(grubby, actingHost(top));
    expect(lastCallOf(top)).toEqual([
      "--update-kernel=ALL",
      `--args=kprobe_event='${probes};'p:mine,foo trace_event=${exec},x:y`,
    ]);
    await disarm(grubby, actingHost(top));
    expect(lastCallOf(top)).toEqual(["--update-kernel=ALL", "--args=kprobe_event=p:mine,foo trace_event=x:y"]);
    expect(optionsIn(top, 0)).toBe("ro kprobe_event=p:mine,foo trace_event=x:y");
  });

  it("changes entries one by one where a stranger's arguments differ", async () => {
    const top = hostWith("ro trace_event=x:y", "ro");
    await arm(grubby, actingHost(top));
    expect([optionsIn(top, 0), optionsIn(top, 1)]).toEqual([
      `ro trace_event=${exec},x:y kprobe_event='${probes}'`,
      `ro kprobe_event='${probes}' trace_event=${exec}`,
    ]);
    await disarm(grubby, actingHost(top));
    expect([optionsIn(top, 0), optionsIn(top, 1)]).toEqual(["ro trace_event=x:y", "ro"]);
  });

  it("says so where only some entries have it", async () => {
    const top = hostWith(`ro kprobe_event='${probes}' trace_event=${exec}`, "ro");
    expect(await grubby.nextBoot(actingHost(top))).toEqual({
      armed: null,
      problem: "only some of the boot entries have the recorder",
    });
    await arm(grubby, actingHost(top));
    expect(await grubby.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
  });

  it("refuses what grubby would tear apart", async () => {
    await expect(arm(grubby, actingHost(hostWith("ro kprobe_event='p:mine foo'")))).rejects.toThrow(
      /^Cannot keep 'kprobe_event=.*' through grubby: it has a blank or a second '='$/,
    );
  });

  it("quotes nothing for zipl, which has no shell", async () => {
    const top = hostFolder({ "etc/zipl.conf": "", "boot/loader/entries/a.conf": entryOf("6.1", "ro") });
    putProgram(top, "usr/sbin/grubby", standIn.replace("TOP", top));
    await arm(grubby, actingHost(top));
    expect(lastCallOf(top)).toEqual(["--update-kernel=ALL", `--args=kprobe_event=${probes} trace_event=${exec}`]);
  });

  it("reads the entries of a folder itself, with the variable that RHEL 8 keeps in GRUB's environment", async () => {
    const top = hostFolder({
      "usr/sbin/grubby": "",
      "boot/grub2/grubenv": `# GRUB Environment Block\nkernelopts=ro kprobe_event='${probes}' trace_event=${exec} \n####`,
      "boot/loader/entries/a.conf": entryOf("4.18", "$kernelopts $tuned_params"),
    });
    expect(await grubby.nextBoot(rootsBelow(top))).toEqual({ armed: "kprobes", problem: null });
  });
});
