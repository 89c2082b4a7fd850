import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { armedGrub, armGrub, disarmGrub } from "../../../src/parse/command-line/grub-defaults.ts";
import { Unchangeable } from "../../../src/parse/command-line/unchangeable.ts";

const path = "/etc/default/grub";
const probes =
  "p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits";
const exec = "sched:sched_process_exec";
const words = `kprobe_event='${probes}' trace_event=${exec}`;

const armed = (...texts: readonly string[]): readonly string[] =>
  armGrub(
    texts.map((text, index) => ({ path: `${path}${index === 0 ? "" : `.d/${index}.cfg`}`, text })),
    "kprobes",
  ).map(({ text }) => text);
const disarmed = (...texts: readonly string[]): readonly string[] =>
  disarmGrub(texts.map((text) => ({ path, text }))).map(({ text }) => text);

describe("GRUB's defaults", () => {
  it.each<[what: string, before: string, after: string]>([
    [
      "a value in double quotes",
      'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="net.ifnames=0"\n# end\n',
      `GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="net.ifnames=0 ${words}"\n# end\n`,
    ],
    [
      "a value in single quotes, without a line end",
      "GRUB_CMDLINE_LINUX='net.ifnames=0'",
      `GRUB_CMDLINE_LINUX='net.ifnames=0 ${words.replaceAll("'", '"')}'`,
    ],
    ["an empty value", 'GRUB_CMDLINE_LINUX=""\n', `GRUB_CMDLINE_LINUX="${words}"\n`],
    [
      "the last of several",
      'GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="b"\n',
      `GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="b ${words}"\n`,
    ],
    [
      "not a comment, nor another variable",
      '#GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX=""\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n',
      `#GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="${words}"\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n`,
    ],
    ["a file with CRLF", 'A=1\r\nGRUB_CMDLINE_LINUX="a"\r\n', `A=1\r\nGRUB_CMDLINE_LINUX="a ${words}"\r\n`],
    [
      "a value of several lines, with a comment after it",
      '  export GRUB_CMDLINE_LINUX="a \\\n  b"  # mine\n',
      `  export GRUB_CMDLINE_LINUX="a \\\n  b ${words}"  # mine\n`,
    ],
    [
      "a stranger's event, in the variable that comes last",
      'GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX_DEFAULT="quiet trace_event=x:y"\n',
      `GRUB_CMDLINE_LINUX="a kprobe_event='${probes}'"\nGRUB_CMDLINE_LINUX_DEFAULT="quiet trace_event=${exec},x:y"\n`,
    ],
    [
      "a stranger's probe with quotes of the shell's",
      'GRUB_CMDLINE_LINUX="kprobe_event=\\"p:a;p:b\\""\n',
      `GRUB_CMDLINE_LINUX="kprobe_event='${probes};'\\"p:a;p:b\\" trace_event=${exec}"\n`,
    ],
    [
      "no such line",
      "GRUB_TIMEOUT=5\n",
      `GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${words}" # crngwatch recorder arm\n`,
    ],
    [
      "no such line, and no line end",
      "GRUB_TIMEOUT=5",
      `GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${words}" # crngwatch recorder arm`,
    ],
    [
      "a value that is put together",
      'GRUB_CMDLINE_LINUX=a" b"\n',
      `GRUB_CMDLINE_LINUX=a" b"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${words}" # crngwatch recorder arm\n`,
    ],
    ["no file", "", `GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${words}" # crngwatch recorder arm\n`],
  ])("%s", (_what, before, after) => {
    expect(armed(before)).toEqual([after]);
    expect(armedGrub([{ path, text: after }])).toBe("kprobes");
    expect(armed(after)).toEqual([after]);
    expect(disarmed(after)).toEqual([before]);
  });

  it("are changed in the file that has the last word", () => {
    expect(armed('GRUB_CMDLINE_LINUX="a"\n', 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0"\n')).toEqual([
      `GRUB_CMDLINE_LINUX="a ${words}"\n`,
      'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0"\n',
    ]);
    expect(armed('GRUB_CMDLINE_LINUX="a"\n', 'GRUB_CMDLINE_LINUX="b"\n')).toEqual([
      'GRUB_CMDLINE_LINUX="a"\n',
      `GRUB_CMDLINE_LINUX="b ${words}"\n`,
    ]);
    expect(armed('GRUB_CMDLINE_LINUX="trace_event=x:y"\n', 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX b"\n')).toEqual([
      `GRUB_CMDLINE_LINUX="trace_event=${exec},x:y"\n`,
      `GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX b kprobe_event='${probes}'"\n`,
    ]);
  });

  it("are left alone where a stranger's argument cannot be added to safely", () => {
    expect(() => armed("GRUB_CMDLINE_LINUX_DEFAULT=trace_event=x:y\n")).toThrow(Unchangeable);
    expect(() => armed("GRUB_CMDLINE_LINUX_DEFAULT=trace_event=x:y\n")).toThrow(
      `Cannot change GRUB_CMDLINE_LINUX_DEFAULT in '${path}': it is not one text in quotes`,
    );
  });

  it("are as they were, byte for byte, once the recorder is off again", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "GRUB_TIMEOUT=5",
        '# GRUB_CMDLINE_LINUX="x"',
        "",
        "if true; then",
        "fi",
        "GRUB_CMDLINE_LINUX=",
        'GRUB_CMDLINE_LINUX+=" more"',
        "GRUB_CMDLINE_LINUX=bare",
        "GRUB_CMDLINE_LINUX='it'\\''s'",
        'GRUB_CMDLINE_LINUX="open',
        'GRUB_CMDLINE_LINUX="$(cat /x) $GRUB_CMDLINE_LINUX"',
      ),
      fc
        .tuple(
          fc.constantFrom("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"),
          fc.constantFrom('"', "'"),
          fc.array(
            fc.constantFrom(
              "quiet",
              "trace_event=x:y",
              "kprobe_event=p:foo,bar",
              "$GRUB_CMDLINE_LINUX",
              "a\\\n",
              "--",
              "trace_event=sched:sched_process_exec",
              "kprobe_event=",
            ),
            { maxLength: 5 },
          ),
          fc.constantFrom("", " # why", "\r"),
        )
        .map(([name, quote, values, behind]) => `${name}=${quote}${values.join(" ")}${quote}${behind}`),
    );
    const file = fc
      .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom("", "\n"))
      .map(([lines, end]) => lines.join("\n") + end);
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 3 }), (texts) => {
        let after: readonly string[];
        try {
          after = armed(...texts);
        } catch (error) {
          if (error instanceof Unchangeable) return;
          throw error;
        }
        expect(disarmed(...after)).toEqual(texts);
        expect(armed(...after)).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });
});
