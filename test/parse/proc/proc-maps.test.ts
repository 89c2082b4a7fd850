import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMappedFiles, parseMappings, pathOfMapping } from "../../../src/parse/proc/proc-maps.ts";
import { growth, linear } from "../../support/growth.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const gpgv = `55d0c4b5e000-55d0c4b64000 r--p 00000000 fe:00 1835                       /usr/bin/gpgv
55d0c4b64000-55d0c4bb6000 r-xp 00006000 fe:00 1835                       /usr/bin/gpgv
55d0c4bb6000-55d0c4bd0000 r--p 00058000 fe:00 1835                       /usr/bin/gpgv
55d0c5a11000-55d0c5a32000 rw-p 00000000 00:00 0                          [heap]
7f3b1c000000-7f3b1c028000 r-xp 00000000 fe:00 2411                       /usr/lib/x86_64-linux-gnu/libgcrypt.so.20.4.1
7f3b1c200000-7f3b1c355000 r-xp 00026000 fe:00 2310                       /usr/lib/x86_64-linux-gnu/libc.so.6
7f3b1c400000-7f3b1c455000 rw-p 00000000 00:00 0 
7ffd3a5f1000-7ffd3a5f3000 r-xp 00000000 00:00 0                          [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;
const line = (path: string, mode = "r-xp"): string =>
  `7f3b1c000000-7f3b1c028000 ${mode} 00000000 fe:00 2411                       ${path}\n`;

describe("parseMappings", () => {
  it("gives each mapping's place, mode, offset in its file, device and name", () => {
    expect(
      parseMappings("1000-2fff r-xp 00026000 FD:0a 2310    /usr/lib/libc.so.6\n4000-5000 rw-p 00000000 00:00 0 \n"),
    ).toEqual([
      { start: 0x1000, end: 0x2fff, executable: true, offset: 0x26000, device: "253:10", name: "/usr/lib/libc.so.6" },
      { start: 0x4000, end: 0x5000, executable: false, offset: 0, device: "0:0", name: null },
    ]);
  });

  it("gives a mapping without a name where the line ends after the inode, and none of a shorter line", () => {
    expect(parseMappings("1000-2fff r-xp 00026000 fd:00 2310")).toMatchObject([{ start: 0x1000, name: null }]);
    expect(parseMappings("1000-2fff r-xp 00026000 fd:00")).toEqual([]);
    expect(
      parseMappings("x-2fff r-xp 00026000 fd:00 2310 /a\n1000-y r-xp 0 fd:00 2310 /a\n1000-2000 r-xp z fd:00 1 /a"),
    ).toEqual([]);
    expect(parseMappings("1000-2fff r-xp 00026000")).toEqual([]);
    expect(parseMappings("1000-2fff r-xp")).toEqual([]);
    expect(parseMappings("1000-2fff")).toEqual([]);
    expect(parseMappings("")).toEqual([]);
  });

  it("gives names as they are, with the blanks in them", () => {
    const of = (name: string) => parseMappings(`1000-2fff r-xp 00026000 fd:00 2310    ${name}\n`)[0]?.name;
    expect([of("/opt/my app/a"), of("[vdso]"), of("[anon: a b]")]).toEqual(["/opt/my app/a", "[vdso]", "[anon: a b]"]);
  });
});

describe("pathOfMapping", () => {
  it("is that of a file, without the mark of one that was removed, and none of memory", () => {
    expect(["/a", "/a\\012b (deleted)", "[vdso]", null].map(pathOfMapping)).toEqual([
      { path: "/a", deleted: false },
      { path: "/a\nb", deleted: true },
      null,
      null,
    ]);
  });
});

describe("/proc/PID/maps", () => {
  it("shows the files with code, each once", () => {
    expect(parseMappedFiles(gpgv).map(({ path }) => path)).toEqual([
      "/usr/bin/gpgv",
      "/usr/lib/x86_64-linux-gnu/libgcrypt.so.20.4.1",
      "/usr/lib/x86_64-linux-gnu/libc.so.6",
    ]);
    expect(parseMappedFiles(gpgv + gpgv)).toHaveLength(3);
  });

  it("shows none of data alone", () => {
    expect(parseMappedFiles(line("/usr/lib/locale/locale-archive", "r--p") + line("/dev/zero", "rw-s"))).toEqual([]);
  });

  it("shows none of memory without a file, whatever its name", () => {
    expect(parseMappedFiles(line("[anon: /usr/lib64/libgcrypt.so.20]") + line("[vdso]"))).toEqual([]);
  });

  it("shows what an upgrade replaced", () => {
    expect(parseMappedFiles(line("/usr/lib64/libcrypto.so.3.2.1 (deleted)"))).toEqual([
      { path: "/usr/lib64/libcrypto.so.3.2.1", deleted: true },
    ]);
  });

  it("reads names as they are, but for line ends", () => {
    const names = ["/opt/my app/lib one.so", "/a\\012b", "/x\\x2dy", "/(deleted)", "/é\u001b[31m"];
    expect(parseMappedFiles(names.map((name) => line(name)).join("")).map(({ path }) => path)).toEqual([
      "/opt/my app/lib one.so",
      "/a\nb",
      "/x\\x2dy",
      "/(deleted)",
      "/é\u001b[31m",
    ]);
  });

  it("reads 32-bit and wide device numbers", () => {
    expect(parseMappedFiles("08048000-08056000 r-xp 00000000 103:05 12 /bin/cat\n")).toEqual([
      { path: "/bin/cat", deleted: false },
    ]);
  });

  it("is bounded, and accepts any text", () => {
    expect(parseMappedFiles(Array.from({ length: 5_000 }, (_, index) => line(`/lib/${index}`)).join(""))).toHaveLength(
      1024,
    );
    fc.assert(fc.property(anyText(), (text) => parseMappedFiles(text).length >= 0));
    expect(growth((size) => void parseMappedFiles(" /".repeat(size)), 125_000)).toBeLessThan(linear);
    expect(growth((size) => void parseMappedFiles(line("/lib/a").repeat(size)), 3_000)).toBeLessThan(linear);
    fc.assert(
      fc.property(
        anyText({ minLength: 1 }).filter((name) => !name.includes("\n") && !name.endsWith(" (deleted)")),
        (name) => {
          expect(parseMappedFiles(line(`/${name}`))).toEqual([
            { path: `/${name.replaceAll("\\012", "\n")}`, deleted: false },
          ]);
        },
      ),
    );
  });
});
