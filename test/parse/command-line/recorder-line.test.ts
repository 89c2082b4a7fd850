import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelArguments, valueText } from "../../../src/parse/command-line/kernel-arguments.ts";
import { recorderArguments, type Recorder } from "../../../src/parse/command-line/recorder-arguments.ts";
import {
  armedLine,
  armLine,
  disarmLine,
  type LineStyle,
  recorderOn,
} from "../../../src/parse/command-line/recorder-line.ts";
import { Unchangeable } from "../../../src/parse/command-line/unchangeable.ts";

const kernel: LineStyle = { quoting: "kernel", quote: '"' };
const grubSingle: LineStyle = { quoting: "grub", quote: "'" };
const grubDouble: LineStyle = { quoting: "grub", quote: '"' };
const zipl: LineStyle = { quoting: "kernel", quote: "" };
const styles = [kernel, grubSingle, grubDouble, zipl];

const probes =
  "p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits";
const exec = "sched:sched_process_exec";

/** Command lines of pieces that matter here, put together in any way; none of them is ours. */
const commandLine = fc
  .array(
    fc.constantFrom(
      ...'ro quiet root=UUID=1 console=ttyS0,115200n8 trace_event= trace_event=a:b trace-event=c:d,e:f trace_event="a:b" trace_event=\'x:y\' trace_event kprobe_event=p:foo,bar kprobe_event=p:a;r:b; kprobe_event="p:a;p:b" kprobe_event=\'p:c\' kprobe_event= "kprobe_event=p:d x" trace_event=sched:sched_process_exec trace_event=sched:sched_process_exec,a:b dyndbg="file a +p" -- --'.split(
        " ",
      ),
      'note="a b c"',
      'open="to the end',
      "it's",
      "back\\ slash",
      '"',
      "'",
      "",
      "\t",
      "\n",
      "\r\n",
    ),
    { maxLength: 12 },
  )
  .chain((words) => fc.constantFrom(" ", "  ", "\n", "").map((between) => words.join(between)));

describe("the recorder on a command line", () => {
  it("is what the design says, with as many returns at once as there may be waiters", () => {
    expect(recorderArguments("kprobes", "")).toEqual([`kprobe_event=${probes}`, `trace_event=${exec}`]);
    expect(recorderArguments("syscalls", "'")).toEqual(["trace_event=syscalls:sys_enter_getrandom"]);
    expect(armLine("ro quiet\n", kernel, "kprobes")).toBe(`ro quiet kprobe_event="${probes}" trace_event=${exec}\n`);
    expect(armLine("ro quiet", grubSingle, "kprobes")).toBe(`ro quiet kprobe_event='${probes}' trace_event=${exec}`);
    expect(armLine("", zipl, "kprobes")).toBe(`kprobe_event=${probes} trace_event=${exec}`);
    expect(armLine("quiet -- single", kernel, "syscalls")).toBe(
      "quiet trace_event=syscalls:sys_enter_getrandom -- single",
    );
  });

  it.each<[what: string, style: LineStyle, before: string, after: string]>([
    [
      "in front of a stranger's value",
      kernel,
      "kprobe_event=p:foo,bar trace_event=a:b quiet",
      `kprobe_event=${probes};p:foo,bar trace_event=${exec},a:b quiet`,
    ],
    [
      "inside the kernel's quotes",
      kernel,
      'kprobe_event="p:foo,bar" trace_event="a:b"',
      `kprobe_event="${probes};p:foo,bar" trace_event="${exec},a:b"`,
    ],
    [
      "in quotes of their own for a shell",
      grubSingle,
      "kprobe_event=p:foo trace_event='a:b'",
      `kprobe_event='${probes};'p:foo trace_event=${exec},'a:b'`,
    ],
    [
      "into the last of a name, which counts",
      kernel,
      "trace_event=a:b quiet trace-event=c:d kprobe_event=p:x",
      `trace_event=a:b quiet trace-event=${exec},c:d kprobe_event=${probes};p:x`,
    ],
    [
      "before an empty piece, at which the kernel stops reading",
      kernel,
      "kprobe_event=;p:foo",
      `kprobe_event=${probes};;p:foo trace_event=${exec}`,
    ],
    [
      "a second time where a stranger has the exec event, so that disarm leaves his",
      kernel,
      `trace_event=${exec} quiet`,
      `trace_event=${exec},${exec} quiet kprobe_event="${probes}"`,
    ],
    [
      "in place of what is left of it",
      kernel,
      "kprobe_event=p:crngwatch/wait,wait_for_random_bytes quiet",
      `quiet kprobe_event="${probes}" trace_event=${exec}`,
    ],
    [
      "anew where GRUB's shell would end at a bare ';'",
      grubSingle,
      `ro kprobe_event=${probes} trace_event=${exec}`,
      `ro kprobe_event='${probes}' trace_event=${exec}`,
    ],
    [
      "before an open quote, in which nothing is an argument",
      kernel,
      'ro note="a b',
      `ro kprobe_event="${probes}" trace_event=${exec} note="a b`,
    ],
  ])("goes %s", (_what, style, before, after) => {
    expect(armLine(before, style, "kprobes")).toBe(after);
    expect(armedLine(after, style)).toBe("kprobes");
  });

  it("records the registers of the waiter, in no letter that a shell replaces", () => {
    const armed = armLine("ro", grubDouble, "registers");
    expect(armed).toBe(
      `ro kprobe_event="${probes
        .replace(
          "wait_for_random_bytes;",
          "wait_for_random_bytes,a=+0(%sp):x64[64],b=+512(%sp):x64[64],c=+1024(%sp):x64[64];",
        )
        .replace("waited,wait_for_random_bytes;", "waited,wait_for_random_bytes,ret=%ax:s32;")
        .replace(
          "r:crngwatch/credit,_credit_init_bits",
          "p:crngwatch/credit,_credit_init_bits,bits=%di:u64,by=+0(%sp):symbol",
        )}" trace_event=${exec}`,
    );
    expect(armed).not.toMatch(/[$`\\!]/);
    expect(armed.length).toBeLessThan(512);
    expect([armedLine(armed, grubDouble), recorderOn(armed)]).toEqual(["registers", "kprobes"]);
  });

  it("records those of aarch64 from deeper in the stack, and the credit from its registers", () => {
    const armed = armLine("ro", grubDouble, "registers-aarch64");
    expect(armed).toBe(
      `ro kprobe_event="${probes
        .replace(
          "wait_for_random_bytes;",
          "wait_for_random_bytes,a=+128(%sp):x64[64],b=+640(%sp):x64[64],c=+1152(%sp):x64[64];",
        )
        .replace("waited,wait_for_random_bytes;", "waited,wait_for_random_bytes,ret=%x0:s32;")
        .replace(
          "r:crngwatch/credit,_credit_init_bits",
          "p:crngwatch/credit,_credit_init_bits,bits=%x0:u64,by=%x30:symbol",
        )}" trace_event=${exec}`,
    );
    expect([armedLine(armed, grubDouble), recorderOn(armed)]).toEqual(["registers-aarch64", "kprobes"]);
  });

  it("of an older crngwatch still works, is renewed by arming, and is removed", () => {
    for (const style of styles) {
      const old = armLine("ro quiet", style, "kprobes");
      expect([armedLine(old, style), recorderOn(armLine("ro", kernel, "kprobes"))]).toEqual(["kprobes", "kprobes"]);
      for (const renewed of ["registers", "registers-aarch64"] as const) {
        expect(armLine(old, style, renewed)).toBe(armLine("ro quiet", style, renewed));
        expect(disarmLine(armLine(old, style, renewed), style)).toBe("ro quiet");
        const current = armLine("ro quiet", style, renewed);
        const withoutValue = current.replace(/,ret=%\w+:s32/, "");
        expect(withoutValue).not.toBe(current);
        expect([armedLine(withoutValue, style), armLine(withoutValue, style, renewed)]).toEqual([null, current]);
        expect(disarmLine(withoutValue, style)).toBe("ro quiet");
      }
    }
  });

  it("is there where each of GRUB's ';' is in quotes or after a backslash, and not where one is bare", () => {
    const words = (separator: string): string =>
      `ro kprobe_event=${probes.replaceAll(";", separator)} trace_event=${exec}`;
    expect([armedLine(words("\\;"), grubSingle), armedLine(words(";"), grubSingle)]).toEqual(["kprobes", null]);
  });

  it("records in a boot where a part of it is given, and is not yet there as a whole", () => {
    for (const part of [
      "kprobe_event=p:crngwatch/wait,wait_for_random_bytes",
      "kprobe_event=p:a,b;r512:crngwatch/waited,wait_for_random_bytes",
      `kprobe_event="${probes}"`,
    ]) {
      expect([recorderOn(`ro ${part} quiet`), armedLine(`ro ${part} quiet`, kernel)]).toEqual(["kprobes", null]);
    }
    expect(recorderOn(armLine("ro", kernel, "kprobes"))).toBe("kprobes");
    expect(recorderOn("trace_event=a:b,syscalls:sys_enter_getrandom")).toBe("syscalls");
    expect(recorderOn(`ro kprobe_event=p:mine,foo trace_event=${exec} -- kprobe_event=${probes}`)).toBeNull();
  });

  it("is refused where another syscall event would silence it", () => {
    expect(() => armLine("trace_event=syscalls:sys_enter_open", kernel, "syscalls")).toThrow(Unchangeable);
    expect(armLine("trace_event=syscalls:sys_enter_getrandom,a:b", kernel, "syscalls")).toBe(
      "trace_event=syscalls:sys_enter_getrandom,a:b",
    );
    expect(armLine("trace_event=a:b", kernel, "syscalls")).toBe("trace_event=syscalls:sys_enter_getrandom,a:b");
  });

  it("comes off after an empty piece, and from between others', with one separator for each piece", () => {
    const wait = "p:crngwatch/wait,wait_for_random_bytes";
    const left = (value: string): string => disarmLine(`kprobe_event=${value} ro`, kernel);
    expect(left(`;${wait}`)).toBe("kprobe_event= ro");
    expect(left(`${wait};`)).toBe("kprobe_event= ro");
    expect(left(`p:a;${wait};p:b`)).toBe("kprobe_event=p:a;p:b ro");
    expect(left(`${wait};p:a;${wait};${wait};p:b;${wait}`)).toBe("kprobe_event=p:a;p:b ro");
    expect(disarmLine(`kprobe_event='p:a;${wait}' ro`, grubSingle)).toBe("kprobe_event='p:a' ro");
    expect(disarmLine(`kprobe_event='${wait};'p:a ro`, grubSingle)).toBe("kprobe_event=p:a ro");
  });

  it("comes off a line that a person wrote, and only the recorder", () => {
    const typed = `quiet kprobe_event=p:mine,foo;${probes};r:mine,foo trace_event=a:b,${exec} ro`;
    expect(disarmLine(typed, kernel)).toBe("quiet kprobe_event=p:mine,foo;r:mine,foo trace_event=a:b ro");
    expect(disarmLine(`kprobe_event=p:mine,foo;${probes} ro`, kernel)).toBe("kprobe_event=p:mine,foo ro");
    expect(disarmLine(`trace_event=${exec} ro`, kernel)).toBe(`trace_event=${exec} ro`);
    expect(disarmLine(`kprobe_event=p:crngwatch/wait,wait_for_random_bytes ro`, kernel)).toBe("ro");
  });
});

describe.each(styles)("added and removed, written for $quoting with '$quote'", (style) => {
  it.each<Recorder>(["registers", "registers-aarch64", "kprobes", "syscalls"])(
    "%s leave the line as it was, byte for byte",
    (recorder) => {
      fc.assert(
        fc.property(commandLine, (text) => {
          expect(disarmLine(armLine(text, style, recorder), style)).toBe(text);
        }),
        { numRuns: 300 },
      );
    },
  );

  it("is there once it is put there, and putting it there again changes nothing", () => {
    fc.assert(
      fc.property(
        commandLine.filter((text) => style.quoting === "kernel" || !/[pr]:\w;/.test(text)),
        (text) => {
          const armed = armLine(text, style, "kprobes");
          expect(armedLine(armed, style)).toBe("kprobes");
          expect(armLine(armed, style, "kprobes")).toBe(armed);
          expect(armedLine(text, style)).toBeNull();
        },
      ),
      { numRuns: 300 },
    );
  });

  it("leaves strangers' arguments as they are, in their order", () => {
    const others = (text: string): unknown =>
      kernelArguments(text, style.quoting)
        .words.map(({ name, value }) => [
          name,
          value === null ? null : valueText(value).replace(`${probes};`, "").replace(`${exec},`, ""),
        ])
        .filter(
          ([name, value]) =>
            !["kprobe_event", "trace_event"].includes(name ?? "") ||
            (value !== null && value !== "" && value !== probes && value !== exec),
        );
    const plain = fc
      .array(
        fc.constantFrom(
          "ro",
          "quiet",
          "root=UUID=1",
          "trace_event=a:b",
          "kprobe_event=p:foo",
          "trace_event=c:d,e:f",
          "console=tty0",
          "console=ttyS0",
        ),
        { maxLength: 9 },
      )
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(plain, (text) => {
        expect(others(armLine(text, style, "kprobes"))).toEqual(others(text));
      }),
      { numRuns: 300 },
    );
  });
});
